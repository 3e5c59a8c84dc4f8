import type { QualifiedName } from '../lenses/names.ts'

/**
 * Names that are known to build plain data. `call`: calling it, whatever the
 * arguments, makes a value and does nothing else (a few are looked at closer, see
 * `call.ts`). `name`: it may stand in the value, calling it is another matter: numpy's
 * memmap opens files. Each name is written out, modules are never taken as a whole:
 * numpy has functions that run text as code.
 */
export type Grade = 'call' | 'name'

type Entry = readonly [grade: Grade, modules: string, names: string]

const standardLibrary: readonly Entry[] = [
  ['call', 'builtins', 'object bool int float complex str bytes bytearray list tuple dict set frozenset'],
  ['call', 'builtins', 'range slice getattr type'],
  ['name', 'builtins', 'Ellipsis NotImplemented len abs min max sum sorted round divmod pow repr'],
  [
    'call',
    'builtins',
    'BaseException Exception ArithmeticError AssertionError AttributeError BufferError EOFError FileExistsError FileNotFoundError FloatingPointError ImportError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError PermissionError RecursionError ReferenceError RuntimeError StopIteration SyntaxError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError ZeroDivisionError Warning DeprecationWarning FutureWarning RuntimeWarning UserWarning ConnectionError BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError',
  ],
  ['call', 'copyreg', '_reconstructor __newobj__ __newobj_ex__'],
  ['call', '_codecs', 'encode'],
  ['call', 'collections', 'OrderedDict Counter deque defaultdict ChainMap UserDict UserList UserString'],
  ['call', 'datetime', 'date datetime time timedelta timezone'],
  ['call', 'zoneinfo', 'ZoneInfo ZoneInfo._unpickle'],
  ['call', 'pytz', '_UTC _p UTC'],
  ['call', 'dateutil.tz.tz', 'tzutc tzoffset tzlocal'],
  ['call', 'decimal _decimal _pydecimal', 'Decimal'],
  ['call', 'fractions', 'Fraction'],
  ['call', 'uuid', 'UUID SafeUUID'],
  ['call', 'pathlib pathlib._local', 'Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath'],
  ['call', 'array', 'array _array_reconstructor'],
  ['call', 'types', 'SimpleNamespace'],
  ['call', 'ipaddress', 'IPv4Address IPv6Address IPv4Network IPv6Network'],
  ['call', 'time', 'struct_time'],
  ['call', 'random', 'Random'],
  ['call', 're', '_compile'],
  ['name', 'math', 'sin cos tan asin acos atan sinh cosh tanh exp log log2 log10 sqrt pow floor ceil fabs'],
]

const numpy: readonly Entry[] = [
  ['call', 'numpy.core.multiarray numpy._core.multiarray', '_reconstruct scalar'],
  ['call', 'numpy.core.numeric numpy._core.numeric', '_frombuffer'],
  ['call', 'numpy', 'dtype ndarray'],
  ['call', 'numpy.ma.core', '_mareconstruct'],
  ['call', 'numpy.ma.core numpy.ma', 'MaskedArray MaskedConstant'],
  ['name', 'numpy', 'matrix recarray record memmap chararray'],
  ['name', 'numpy.matrixlib.defmatrix numpy.matrixlib', 'matrix'],
  ['name', 'numpy.rec numpy.core.records numpy._core.records', 'recarray record'],
  ['name', 'numpy.char numpy.core.defchararray numpy._core.defchararray', 'chararray'],
  ['name', 'numpy.core.memmap numpy._core.memmap', 'memmap'],
  [
    'call',
    'numpy',
    'bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intc uintc longlong ulonglong float16 float32 float64 longdouble complex64 complex128 clongdouble str_ bytes_ void datetime64 timedelta64',
  ],
  [
    'name',
    'numpy numpy.core._multiarray_umath numpy._core._multiarray_umath numpy.core.fromnumeric numpy._core.fromnumeric',
    'add subtract multiply divide power sqrt exp log log10 sin cos tan absolute maximum minimum mean median std var sum prod min max amin amax argmin argmax',
  ],
  ['name', 'numpy.linalg numpy.linalg.linalg numpy.linalg._linalg', 'norm'],
  ['call', 'numpy.random._pickle', '__randomstate_ctor __generator_ctor __bit_generator_ctor'],
  ['call', 'numpy.random.bit_generator', 'SeedSequence __pyx_unpickle_SeedSequence'],
  ['call', 'numpy.random._mt19937', 'MT19937'],
  ['call', 'numpy.random._pcg64', 'PCG64 PCG64DXSM'],
  ['call', 'numpy.random._philox', 'Philox'],
  ['call', 'numpy.random._sfc64', 'SFC64'],
]

const joblib: readonly Entry[] = [
  [
    'call',
    'joblib.numpy_pickle joblib.numpy_pickle_compat sklearn.externals.joblib.numpy_pickle',
    'NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper',
  ],
]

const pandasArrays =
  'Categorical DatetimeArray TimedeltaArray PeriodArray IntervalArray IntegerArray FloatingArray BooleanArray StringArray NumpyExtensionArray PandasArray SparseArray ArrowStringArray'
const pandasDtypes =
  'CategoricalDtype DatetimeTZDtype PeriodDtype IntervalDtype StringDtype BooleanDtype Int8Dtype Int16Dtype Int32Dtype Int64Dtype UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype Float32Dtype Float64Dtype SparseDtype'
const pandasIndexes =
  'Index RangeIndex MultiIndex DatetimeIndex TimedeltaIndex PeriodIndex CategoricalIndex IntervalIndex Int64Index UInt64Index Float64Index NumericIndex'

const pandas: readonly Entry[] = [
  ['call', 'pandas', `DataFrame Series ${pandasIndexes} ${pandasDtypes} Categorical Timestamp Timedelta`],
  ['call', 'pandas.core.frame', 'DataFrame'],
  ['call', 'pandas.core.series', 'Series'],
  [
    'call',
    'pandas.core.indexes.base pandas.core.indexes.range pandas.core.indexes.multi pandas.core.indexes.datetimes pandas.core.indexes.timedeltas pandas.core.indexes.period pandas.core.indexes.category pandas.core.indexes.interval pandas.core.indexes.numeric pandas.core.indexes.api',
    `${pandasIndexes} _new_Index _new_DatetimeIndex _new_PeriodIndex`,
  ],
  ['call', 'pandas.core.indexes.frozen', 'FrozenList'],
  ['call', 'pandas.arrays', pandasArrays],
  [
    'call',
    'pandas.core.arrays.categorical pandas.core.arrays.datetimes pandas.core.arrays.timedeltas pandas.core.arrays.period pandas.core.arrays.interval pandas.core.arrays.integer pandas.core.arrays.floating pandas.core.arrays.boolean pandas.core.arrays.string_ pandas.core.arrays.numpy_ pandas.core.arrays.sparse.array pandas.core.dtypes.dtypes',
    `${pandasArrays} ${pandasDtypes}`,
  ],
  ['call', 'pandas.core.internals.managers', 'BlockManager SingleBlockManager'],
  ['call', 'pandas._libs.internals', '_unpickle_block'],
  ['call', 'pandas.core.internals.blocks', 'new_block'],
  ['call', 'pandas.core.flags', 'Flags'],
  ['call', 'pandas._libs.arrays', '__pyx_unpickle_NDArrayBacked'],
  ['call', 'pandas._libs.tslibs.timestamps', '_unpickle_timestamp Timestamp'],
  ['call', 'pandas._libs.tslibs.timedeltas', '_timedelta_unpickle Timedelta'],
  ['call', 'pandas._libs.tslibs.nattype', '_nat_unpickle __nat_unpickle'],
  ['name', 'pandas._libs.tslibs.nattype pandas', 'NaT'],
  ['name', 'pandas._libs.missing pandas', 'NA'],
  [
    'call',
    'pandas._libs.tslibs.offsets pandas.tseries.offsets',
    'Day Hour Minute Second Milli Micro Nano BusinessDay MonthEnd MonthBegin YearEnd YearBegin QuarterEnd QuarterBegin Week',
  ],
]

const sparseFormats = ['bsr', 'coo', 'csc', 'csr', 'dia', 'dok', 'lil']

const science: readonly Entry[] = [
  ...sparseFormats.map((format): Entry => [
    'call',
    `scipy.sparse._${format} scipy.sparse.${format} scipy.sparse`,
    `${format}_matrix ${format}_array`,
  ]),
  ['call', 'scipy.optimize._optimize scipy.optimize.optimize scipy.optimize', 'OptimizeResult'],
  ['call', 'scipy.interpolate._cubic scipy.interpolate', 'CubicSpline PchipInterpolator Akima1DInterpolator'],
  ['call', 'scipy.interpolate._interpolate', 'PPoly'],
  ['name', 'scipy._lib.array_api_compat.numpy._aliases', 'asarray'],
  ['call', 'ase.atoms', 'Atoms'],
  ['call', 'ase.atom', 'Atom'],
  ['call', 'ase.cell', 'Cell'],
  ['call', 'ase.calculators.singlepoint', 'SinglePointCalculator SinglePointDFTCalculator'],
  ['call', 'ase.calculators.calculator', 'Parameters'],
  ['call', 'ase.constraints.fix_atoms ase.constraints', 'FixAtoms'],
  ['call', 'ase.constraints', 'FixBondLength FixBondLengths FixedLine FixedPlane FixScaled FixCartesian'],
]

const known = new Map<string, Grade>()
for (const [grade, modules, names] of [...standardLibrary, ...numpy, ...joblib, ...pandas, ...science]) {
  for (const module of modules.split(' '))
    for (const name of names.split(' ')) known.set(`${module} ${name}`, grade)
}

/** What is known of a name (as Python 3 has it); `undefined` for all but the names written out above. */
export function gradeOf({ module, name }: QualifiedName): Grade | undefined {
  // A module named `a b` must not be taken for module `a` and name `b`.
  return module.includes(' ') || name.includes(' ') ? undefined : known.get(`${module} ${name}`)
}

const dangers: readonly (readonly [modules: string, what: string])[] = [
  [
    'os posix nt subprocess _posixsubprocess pty shutil multiprocessing',
    'it can run programs and change files',
  ],
  ['sys importlib runpy code codeop timeit cProfile profile pdb bdb ctypes _ctypes', 'it can run any code'],
  ['marshal cloudpickle dill', 'it makes functions of code that the pickle carries'],
  ['pickle _pickle joblib shelve dbm', 'it can load further pickles'],
  ['socket ssl http urllib ftplib smtplib requests aiohttp webbrowser', 'it can use the network'],
  ['functools operator _operator itertools', 'it can call whatever it is given'],
]
const dangerOfPackage = new Map(
  dangers.flatMap(([modules, what]) => modules.split(' ').map((module) => [module, what] as const)),
)
const builtinDangers = new Map([
  ...['eval', 'exec', 'compile', '__import__', 'breakpoint'].map(
    (name) => [name, 'it can run any code'] as const,
  ),
  ...['open', 'file', 'input'].map((name) => [name, 'it can open files'] as const),
  ...['map', 'filter', 'apply', 'setattr', 'delattr'].map(
    (name) => [name, 'it can call or change whatever it is given'] as const,
  ),
])

/** Why a name that is not known deserves a look, in a few words; for most names no more than that they are not known. */
export function doubtOf({ module, name }: QualifiedName): string {
  const danger =
    module === 'builtins' ? builtinDangers.get(name) : dangerOfPackage.get(module.split('.', 1)[0] ?? '')
  return danger ?? 'it is not among the names that are known to build plain data'
}
