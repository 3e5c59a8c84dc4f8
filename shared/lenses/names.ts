import type { Value } from '../value/value.ts'

/** A class or function by the name that Python 3 knows it by. */
export interface QualifiedName {
  readonly module: string
  /** Dots for what is nested: `Outer.Inner`. */
  readonly name: string
}

/** Where Python 3 keeps what a module of Python 2 had. Left out are names that are modules of Python 3 as well. */
const modules: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['cPickle', 'pickle'],
  ['Queue', 'queue'],
  ['SocketServer', 'socketserver'],
  ['ConfigParser', 'configparser'],
  ['_winreg', 'winreg'],
  ['StringIO', 'io'],
  ['cStringIO', 'io'],
  ['UserDict', 'collections'],
  ['UserList', 'collections'],
  ['UserString', 'collections'],
  ['_abcoll', 'collections.abc'],
  ['xmlrpclib', 'xmlrpc.client'],
  ['SimpleXMLRPCServer', 'xmlrpc.server'],
  ['httplib', 'http.client'],
  ['Cookie', 'http.cookies'],
  ['cookielib', 'http.cookiejar'],
  ['BaseHTTPServer', 'http.server'],
  ['HTMLParser', 'html.parser'],
  ['urlparse', 'urllib.parse'],
  ['urllib2', 'urllib.request'],
  ['anydbm', 'dbm'],
  ['whichdb', 'dbm'],
  ['gdbm', 'dbm.gnu'],
  ['dumbdbm', 'dbm.dumb'],
  ['exceptions', 'builtins'],
])

/** Single names that moved or were renamed. */
const names: ReadonlyMap<string, QualifiedName> = new Map([
  ['__builtin__.xrange', { module: 'builtins', name: 'range' }],
  ['__builtin__.reduce', { module: 'functools', name: 'reduce' }],
  ['__builtin__.intern', { module: 'sys', name: 'intern' }],
  ['__builtin__.unichr', { module: 'builtins', name: 'chr' }],
  ['__builtin__.unicode', { module: 'builtins', name: 'str' }],
  ['__builtin__.basestring', { module: 'builtins', name: 'str' }],
  ['__builtin__.long', { module: 'builtins', name: 'int' }],
  ['itertools.izip', { module: 'builtins', name: 'zip' }],
  ['itertools.imap', { module: 'builtins', name: 'map' }],
  ['itertools.ifilter', { module: 'builtins', name: 'filter' }],
  ['itertools.ifilterfalse', { module: 'itertools', name: 'filterfalse' }],
  ['itertools.izip_longest', { module: 'itertools', name: 'zip_longest' }],
  ['UserDict.IterableUserDict', { module: 'collections', name: 'UserDict' }],
  ['urllib.quote', { module: 'urllib.parse', name: 'quote' }],
  ['urllib.unquote', { module: 'urllib.parse', name: 'unquote' }],
  ['urllib.urlencode', { module: 'urllib.parse', name: 'urlencode' }],
  ['urllib2.HTTPError', { module: 'urllib.error', name: 'HTTPError' }],
  ['urllib2.URLError', { module: 'urllib.error', name: 'URLError' }],
])

/** A name as pickles of Python 2 (and of Python 3 for Python 2) have it → as Python 3 loads it. */
export function python3Name(module: string, name: string): QualifiedName {
  return names.get(`${module}.${name}`) ?? { module: modules.get(module) ?? module, name }
}

const maxNesting = 8

/**
 * The name of a class or function: of a `global`, of `getattr(Outer, 'Inner')`
 * (how protocols below 4 spell what is nested), of a class that cloudpickle
 * carries along. `undefined` for anything else.
 */
export function nameOf(node: Value): QualifiedName | undefined {
  const nested: string[] = []
  let at = node
  for (let depth = 0; depth < maxNesting; depth++) {
    if (at.kind === 'global') {
      const outer = python3Name(at.module, at.name)
      return nested.length === 0 ? outer : { module: outer.module, name: [outer.name, ...nested].join('.') }
    }
    const carried = skeletonName(at)
    if (carried) return carried
    const access = attributeOf(at)
    if (!access) return undefined
    nested.unshift(access.name)
    at = access.target
  }
  return undefined
}

/** `getattr(target, 'name')`. */
export function attributeOf(node: Value): { target: Value; name: string } | undefined {
  if (node.kind !== 'object' || node.made !== 'reduce' || node.callee.kind !== 'global') return undefined
  const callee = python3Name(node.callee.module, node.callee.name)
  if (callee.module !== 'builtins' || callee.name !== 'getattr') return undefined
  const [target, name] = node.args
  return target && name?.kind === 'str' ? { target, name: name.value } : undefined
}

/** `_make_skeleton_class(type, name, bases, {'__module__': …}, …)` of cloudpickle; dill's `_create_type` alike. */
function skeletonName(node: Value): QualifiedName | undefined {
  if (node.kind !== 'object' || node.made !== 'reduce' || node.callee.kind !== 'global') return undefined
  const { module, name } = node.callee
  const known =
    (module.startsWith('cloudpickle.') && name.startsWith('_make_skeleton_')) ||
    (module.startsWith('dill.') && name === '_create_type')
  const title = node.args[1]
  if (!known || title?.kind !== 'str') return undefined
  const space = node.args[3]
  const home = space?.kind === 'dict' ? lookUp(space, '__module__') : undefined
  return { module: home?.kind === 'str' ? home.value : '__main__', name: title.value }
}

/** Dicts are searched this far, so that a million objects that share one long dict stay cheap. */
const searchedKeys = 1000

/** The value of a text key among a dict's first thousand; the last one if it occurs twice. */
export function lookUp(dict: Value | undefined, key: string): Value | undefined {
  if (dict?.kind !== 'dict') return undefined
  let found: Value | undefined
  const length = Math.min(dict.keys.length, searchedKeys)
  for (let i = 0; i < length; i++) {
    const candidate = dict.keys[i]!
    if (candidate.kind === 'str' && candidate.value === key) found = dict.values[i]
  }
  return found
}

/** `module.name`; a name without a module stands alone. */
export function dotted({ module, name }: QualifiedName): string {
  return module === '' ? name : `${module}.${name}`
}

/** True for names that are classes by convention or because everybody knows them. */
export function looksLikeClass({ module, name }: QualifiedName): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (/^_*[A-Z]/.test(last)) return true
  return smallClasses.has(`${module}.${name}`)
}

const smallClasses = new Set([
  ...[
    'object',
    'type',
    'int',
    'float',
    'complex',
    'bool',
    'str',
    'bytes',
    'bytearray',
    'list',
    'tuple',
    'dict',
  ].map((name) => 'builtins.' + name),
  ...[
    'set',
    'frozenset',
    'range',
    'slice',
    'property',
    'staticmethod',
    'classmethod',
    'super',
    'zip',
    'map',
  ].map((name) => 'builtins.' + name),
  ...['filter', 'enumerate', 'reversed', 'memoryview'].map((name) => 'builtins.' + name),
  'functools.partial',
  'collections.deque',
  'collections.defaultdict',
  'datetime.datetime',
  'datetime.date',
  'datetime.time',
  'datetime.timedelta',
  'datetime.timezone',
  'array.array',
  'numpy.ndarray',
  'numpy.matrix',
  'numpy.recarray',
  'numpy.memmap',
  'itertools.count',
  'itertools.cycle',
  'itertools.chain',
  'itertools.repeat',
])
