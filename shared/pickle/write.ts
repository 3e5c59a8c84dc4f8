import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { ArrayValue, BytesRef, BytesValue, ListValue, ObjectValue, Value } from '../value/value.ts'
import { op, OpcodeSink } from './opcode-sink.ts'

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

/** Items per APPENDS, SETITEMS and ADDITEMS, as CPython batches them. */
const batchSize = 1000

/** Largest piece in which bytes are copied out of a source. */
const copyChunk = 1 << 20

type Task = () => void

/** Writes opcodes; the work to do is a stack of tasks, so deep values need no deep recursion. */
export class PickleWriter {
  readonly #sink = new OpcodeSink()
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
      this.#sink.get(known)
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
        this.#sink.integer(node.value)
        return
      case 'float':
        this.#sink.byte(op.BINFLOAT)
        this.#sink.float64(node.value)
        return
      case 'str':
        this.#sink.text(node.value)
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

  #memoize(node: Value): void {
    this.#sink.byte(op.MEMOIZE)
    this.#memo.set(node, this.#memoized++)
  }

  /** Protocol 4 has no opcode for a bytearray: it is `bytearray(bytes)`, as CPython writes it. */
  #byteString(node: BytesValue): void {
    if (node.kind === 'bytearray') this.#global('builtins', 'bytearray')
    this.#sink.sized(node.bytes.length, op.SHORT_BINBYTES, op.BINBYTES, op.BINBYTES8)
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
          this.#sink.get(known)
        }
      },
    ])
  }

  #global(module: string, name: string): void {
    const full = module + '\n' + name
    const known = this.#globals.get(full)
    if (known !== undefined) {
      this.#sink.get(known)
      return
    }
    this.#sink.text(module)
    this.#sink.text(name)
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
