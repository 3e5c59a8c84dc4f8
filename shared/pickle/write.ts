import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type {
  ArrayValue,
  BytesRef,
  BytesValue,
  IntValue,
  ListValue,
  ObjectValue,
  Value,
} from '../value/value.ts'
import { ByteSink } from './byte-sink.ts'
import { encodeSurrogatePass } from './surrogates.ts'

export interface WriteOptions {
  /** Where the bytes of `BytesRef`s with `at` stand. Needed if the tree has such references. */
  readonly source?: ByteSource
  /**
   * Called for arrays, whose form differs between joblib and plain pickles. It writes what
   * stands for the array, through `writer`; without it an array is refused.
   */
  readonly array?: (array: ArrayValue, writer: PickleWriter) => void
}

/**
 * A value tree as a pickle of protocol 4, without frames (they are optional: PEP 3154).
 * Shared nodes and cycles are written once and fetched from the memo, so that Python
 * loads the same sharing. Reading the result back gives an equal tree.
 *
 * @throws AppError `USAGE` for what no pickle can say: a cut value, an out-of-band buffer.
 */
export function writePickle(root: Value, options: WriteOptions = {}): Uint8Array {
  const writer = new PickleWriter(options)
  writer.writeRoot(root)
  return writer.take()
}

/** Names follow `pickletools`. */
const op = {
  MARK: 0x28,
  STOP: 0x2e,
  POP_MARK: 0x31,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINFLOAT: 0x47,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPENDS: 0x65,
  BUILD: 0x62,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  OBJ: 0x6f,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  EMPTY_TUPLE: 0x29,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT4: 0x84,
  TUPLE1: 0x85,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
} as const

/** Items per APPENDS, SETITEMS and ADDITEMS, as CPython batches them. */
const batchSize = 1000

/** Largest piece in which bytes are copied out of a source. */
const copyChunk = 1 << 20

type Task = () => void

/** Writes opcodes; the work to do is a stack of tasks, so deep values need no deep recursion. */
export class PickleWriter {
  readonly #sink = new ByteSink()
  readonly #options: WriteOptions
  readonly #memo = new Map<Value, number>()
  readonly #globals = new Map<string, number>()
  #memoized = 0
  readonly #tasks: Task[] = []

  constructor(options: WriteOptions) {
    this.#options = options
  }

  /** Bytes written so far; the place in the stream, for alignment. */
  get length(): number {
    return this.#sink.length
  }

  take(): Uint8Array {
    return this.#sink.take()
  }

  writeRoot(root: Value): void {
    this.#sink.byte(op.PROTO)
    this.#sink.byte(4)
    this.#do([() => this.#value(root), () => this.#sink.byte(op.STOP)])
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) task()
  }

  /** Queues tasks to run in this order, before what is queued already. */
  #do(tasks: readonly Task[]): void {
    for (let i = tasks.length - 1; i >= 0; i--) this.#tasks.push(tasks[i]!)
  }

  /** For array hooks: writes the value; then `after` may add bytes that belong to no opcode. */
  write(value: Value, after?: () => void): void {
    this.#do(after ? [() => this.#value(value), after] : [() => this.#value(value)])
  }

  rawByte(value: number): void {
    this.#sink.byte(value)
  }

  /** Copies bytes of the value as they are. */
  rawBytes(ref: BytesRef): void {
    if (ref.inline) {
      this.#sink.bytes(ref.inline)
      return
    }
    const source = this.#options.source
    if (!source)
      throw new AppError(
        'USAGE',
        'This value keeps bytes in its stream: write it with the `source` it was read from',
      )
    for (let done = 0; done < ref.length;) {
      const piece = source.read(ref.at + done, Math.min(copyChunk, ref.length - done))
      if (piece.length === 0)
        throw new AppError(
          'DAMAGED',
          `The stream ends inside the bytes at ${ref.at}: the value cannot be written whole`,
        )
      this.#sink.bytes(piece)
      done += piece.length
    }
  }

  #value(node: Value): void {
    const known = this.#memo.get(node)
    if (known !== undefined) {
      this.#get(known)
      return
    }
    switch (node.kind) {
      case 'none':
        this.#sink.byte(op.NONE)
        return
      case 'bool':
        this.#sink.byte(node.value ? op.NEWTRUE : op.NEWFALSE)
        return
      case 'int':
        this.#integer(node)
        return
      case 'float':
        this.#sink.byte(op.BINFLOAT)
        this.#sink.float64(node.value)
        return
      case 'str':
        this.#text(node.value)
        this.#memoize(node)
        return
      case 'bytes':
      case 'bytearray':
        this.#byteString(node)
        return
      case 'list':
      case 'set':
        this.#growing(node)
        return
      case 'tuple':
      case 'frozenset':
        this.#finished(node)
        return
      case 'dict':
        this.#sink.byte(op.EMPTY_DICT)
        this.#memoize(node)
        this.#pairs(node.keys, node.values)
        return
      case 'global':
        this.#global(node.module, node.name)
        return
      case 'object':
        this.#object(node)
        return
      case 'ndarray':
        this.#array(node)
        return
      case 'persistent':
        this.#do([() => this.#value(node.id), () => this.#sink.byte(op.BINPERSID)])
        return
      case 'extension':
        this.#sink.byte(op.EXT4)
        this.#sink.int32(node.code)
        return
      case 'buffer':
        throw new AppError(
          'USAGE',
          'The value refers to a buffer outside of its pickle, whose bytes are not here: it cannot be written',
        )
      case 'cut':
        throw new AppError(
          'USAGE',
          `The value was cut when it was read (${node.problem.sentence}): it cannot be written whole`,
        )
    }
  }

  #get(index: number): void {
    if (index < 256) {
      this.#sink.byte(op.BINGET)
      this.#sink.byte(index)
    } else {
      this.#sink.byte(op.LONG_BINGET)
      this.#sink.uint32(index)
    }
  }

  #memoize(node: Value): void {
    this.#sink.byte(op.MEMOIZE)
    this.#memo.set(node, this.#memoized++)
  }

  #integer({ value }: IntValue): void {
    const sink = this.#sink
    if (typeof value === 'number' && value >= -0x80000000 && value <= 0x7fffffff) {
      if (value >= 0 && value < 0x100) {
        sink.byte(op.BININT1)
        sink.byte(value)
      } else if (value >= 0 && value < 0x10000) {
        sink.byte(op.BININT2)
        sink.uint16(value)
      } else {
        sink.byte(op.BININT)
        sink.int32(value)
      }
      return
    }
    const bytes = twosComplement(BigInt(value))
    if (bytes.length < 256) {
      sink.byte(op.LONG1)
      sink.byte(bytes.length)
    } else {
      sink.byte(op.LONG4)
      sink.int32(bytes.length)
    }
    sink.bytes(bytes)
  }

  #text(text: string): void {
    const bytes = encodeSurrogatePass(text)
    this.#sized(bytes.length, op.SHORT_BINUNICODE, op.BINUNICODE, op.BINUNICODE8)
    this.#sink.bytes(bytes)
  }

  #sized(length: number, short: number, medium: number, long: number): void {
    if (length < 0x100) {
      this.#sink.byte(short)
      this.#sink.byte(length)
    } else if (length <= 0xffffffff) {
      this.#sink.byte(medium)
      this.#sink.uint32(length)
    } else {
      this.#sink.byte(long)
      this.#sink.uint64(length)
    }
  }

  /** Protocol 4 has no opcode for a bytearray: it is `bytearray(bytes)`, as CPython writes it. */
  #byteString(node: BytesValue): void {
    if (node.kind === 'bytearray') this.#global('builtins', 'bytearray')
    this.#sized(node.bytes.length, op.SHORT_BINBYTES, op.BINBYTES, op.BINBYTES8)
    this.rawBytes(node.bytes)
    if (node.kind === 'bytearray') {
      this.#sink.byte(op.TUPLE1)
      this.#sink.byte(op.REDUCE)
    }
    this.#memoize(node)
  }

  #growing(node: ListValue): void {
    const { items } = node
    this.#sink.byte(node.kind === 'list' ? op.EMPTY_LIST : op.EMPTY_SET)
    this.#memoize(node)
    this.#batches(
      items.length,
      (i) => [() => this.#value(items[i]!)],
      node.kind === 'list' ? op.APPENDS : op.ADDITEMS,
    )
  }

  #pairs(keys: readonly Value[], values: readonly Value[]): void {
    this.#batches(
      keys.length,
      (i) => [() => this.#value(keys[i]!), () => this.#value(values[i]!)],
      op.SETITEMS,
    )
  }

  #batches(count: number, tasksOf: (index: number) => Task[], end: number): void {
    const batch =
      (from: number): Task =>
      () => {
        const to = Math.min(from + batchSize, count)
        const tasks: Task[] = []
        for (let i = from; i < to; i++) tasks.push(...tasksOf(i))
        tasks.push(() => this.#sink.byte(end))
        if (to < count) tasks.push(batch(to))
        this.#sink.byte(op.MARK)
        this.#do(tasks)
      }
    if (count > 0) this.#do([batch(0)])
  }

  /** Tuples and frozensets exist only when their items do; one that holds itself got its memo entry meanwhile. */
  #finished(node: ListValue): void {
    const { items } = node
    if (node.kind === 'tuple' && items.length === 0) {
      this.#sink.byte(op.EMPTY_TUPLE)
      return
    }
    this.#sink.byte(op.MARK)
    this.#do([
      ...items.map((item) => () => this.#value(item)),
      () => {
        const known = this.#memo.get(node)
        if (known === undefined) {
          this.#sink.byte(node.kind === 'tuple' ? op.TUPLE : op.FROZENSET)
          this.#memoize(node)
        } else {
          this.#sink.byte(op.POP_MARK)
          this.#get(known)
        }
      },
    ])
  }

  #global(module: string, name: string): void {
    const full = module + '\n' + name
    const known = this.#globals.get(full)
    if (known !== undefined) {
      this.#get(known)
      return
    }
    this.#text(module)
    this.#text(name)
    this.#sink.byte(op.STACK_GLOBAL)
    this.#sink.byte(op.MEMOIZE)
    this.#globals.set(full, this.#memoized++)
  }

  #object(node: ObjectValue): void {
    const { callee, kwargs } = node
    if (node.made === 'build') {
      // The changed object stands on the stack as itself, and references to it find it changed.
      this.#do([() => this.#value(callee), () => this.#parts(node)])
      return
    }
    const plain = node.made === 'reduce' || node.made === 'newobj' || node.made === 'newobj_ex'
    const tasks: Task[] = []
    if (plain) {
      tasks.push(
        () => this.#value(callee),
        () => this.#arguments(node),
      )
      if (node.made === 'newobj_ex') tasks.push(() => this.#keywords(kwargs))
    } else {
      this.#sink.byte(op.MARK)
      tasks.push(() => this.#value(callee), ...node.args.map((argument) => () => this.#value(argument)))
    }
    const maker = makers[node.made]
    tasks.push(() => {
      this.#sink.byte(maker)
      this.#memoize(node)
      this.#parts(node)
    })
    this.#do(tasks)
  }

  #arguments({ args }: ObjectValue): void {
    if (args.length === 0) {
      this.#sink.byte(op.EMPTY_TUPLE)
      return
    }
    this.#sink.byte(op.MARK)
    this.#do([...args.map((argument) => () => this.#value(argument)), () => this.#sink.byte(op.TUPLE)])
  }

  #keywords(kwargs: ObjectValue['kwargs']): void {
    if (kwargs) this.#value(kwargs)
    else this.#sink.byte(op.EMPTY_DICT)
  }

  /** In the order of CPython's `save_reduce`: list items, dict items, state. */
  #parts(node: ObjectValue): void {
    const { state, listItems = [], dictKeys = [], dictValues = [] } = node
    this.#do([
      () => this.#batches(listItems.length, (i) => [() => this.#value(listItems[i]!)], op.APPENDS),
      () => this.#pairs(dictKeys, dictValues),
      ...(state ? [() => this.#value(state), () => this.#sink.byte(op.BUILD)] : []),
    ])
  }

  #array(node: ArrayValue): void {
    const hook = this.#options.array
    if (!hook)
      throw new AppError(
        'USAGE',
        'A plain pickle has no form for an array beside its stream: write it as a joblib stream',
      )
    hook(node, this)
  }
}

const makers: Record<Exclude<ObjectValue['made'], 'build'>, number> = {
  reduce: op.REDUCE,
  newobj: op.NEWOBJ,
  newobj_ex: op.NEWOBJ_EX,
  inst: op.OBJ,
  obj: op.OBJ,
}

/** Little-endian two's complement in as few bytes as hold the sign, as LONG1 and LONG4 want it. */
function twosComplement(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (true) {
    const low = Number(BigInt.asUintN(8, rest))
    bytes.push(low)
    rest >>= 8n
    if ((rest === 0n && low < 0x80) || (rest === -1n && low >= 0x80)) return Uint8Array.from(bytes)
  }
}
