import { AppError } from '../model/errors.ts'
import { tuple } from './from-js.ts'
import { callKey, dumpKey, standardizeArguments } from './key.ts'
import { asctime, type CallRecord, type DumpRecord, recordVersion, surroundings } from './record.ts'
import { signatureOf } from './signature.ts'

/**
 * Where results are kept, as in `pycse.hashcache`: a loader and a dumper. Both may be asynchronous.
 * `fileBackend` and `storeBackend` make pairs for every store.
 */
export interface Backend {
  /** The record under a key, or `undefined` if there is none. */
  readonly load: (
    key: string,
    verbose: boolean,
  ) => Promise<StoredRecord | undefined> | StoredRecord | undefined
  readonly dump: (key: string, record: CallRecord | DumpRecord, verbose: boolean) => Promise<void> | void
}

/** What a loader gives back: at least the output of a call, or the fields of a dump. */
export interface StoredRecord {
  readonly output?: unknown
  readonly kwargs?: unknown
}

export interface HashcacheOptions {
  readonly backend: Backend
  /** Name in the record and the key; `fn.name` unless given. */
  readonly name?: string
  /** Module in the record; `__main__` unless given. Not part of the key. */
  readonly module?: string
  /** Logs each record that is written or found. */
  readonly verbose?: boolean
  /** Where `verbose` and warnings go; standard error unless given. */
  readonly log?: (line: string) => void
}

export interface Hashcached<Args extends readonly unknown[], Output> {
  (...args: Args): Promise<Awaited<Output>>
  /** The key that a call with these arguments has. */
  readonly keyOf: (...args: Args) => string
}

/**
 * Memoizes a function, synchronous or not: a call whose key is stored is answered from the
 * store, any other is made and stored with a record of who ran what, when and for how long.
 *
 * - Concurrent callers of one key run it once.
 * - Errors pass and are not stored; a result that cannot be stored is an error too
 *   (`AppError` `USAGE`), because the next run would silently compute it again.
 * - If the function changes its arguments, a warning says so: the stored call is then not
 *   the one that was asked for.
 * - Options per call site, or once as a preset: see `preset`.
 */
export function hashcache<Args extends readonly unknown[], Output>(
  fn: (...args: Args) => Output,
  options: HashcacheOptions,
): Hashcached<Args, Output> {
  const { backend, verbose = false, log = logToStandardError } = options
  const name = options.name ?? fn.name
  if (!name)
    throw new AppError('USAGE', 'A function without a name needs the option `name`: it is part of the key')
  const signature = signatureOf(fn)
  const running = new Map<string, Promise<Awaited<Output>>>()
  const keyOf = (...args: Args): string => callKey(name, signature, standardizeArguments(signature, args))

  async function loadOrRun(key: string, args: Args): Promise<Awaited<Output>> {
    const stored = await backend.load(key, verbose)
    if (stored) {
      if (verbose) log(`${name}: found ${key}`)
      return stored.output as Awaited<Output>
    }
    const standardized = standardizeArguments(signature, args)
    const startedAt = Date.now() / 1000
    const started = performance.now()
    const output = await fn(...args)
    const elapsed = (performance.now() - started) / 1000
    if (keyOf(...args) !== key) {
      log(
        `WARNING something mutated: ${name} changed its arguments, so ${key} stands for a call that nobody made`,
      )
    }
    const record: CallRecord = {
      output,
      hash: key,
      func: name,
      module: options.module ?? '__main__',
      args: tuple(...args),
      kwargs: {},
      'standardized-kwargs': standardized,
      version: recordVersion,
      ...surroundings(),
      'run-at': startedAt,
      'run-at-human': asctime(startedAt),
      elapsed_time: elapsed,
    }
    if (verbose) log(`${name}: stored ${JSON.stringify({ ...record, output: undefined }, printable)}`)
    await backend.dump(key, record, verbose)
    return output
  }

  const cached = (...args: Args): Promise<Awaited<Output>> => {
    const key = keyOf(...args)
    const known = running.get(key)
    if (known) return known
    const run = loadOrRun(key, args).finally(() => running.delete(key))
    running.set(key, run)
    return run
  }
  return Object.assign(cached, { keyOf })
}

/** `hashcache` with options given once, as the article's `functools.partial`. */
export function preset(options: HashcacheOptions) {
  return <Args extends readonly unknown[], Output>(
    fn: (...args: Args) => Output,
    more: Partial<HashcacheOptions> = {},
  ): Hashcached<Args, Output> => hashcache(fn, { ...options, ...more })
}

/** Stores values under a key of their own; answers the key. The same values give the same key. */
export async function dump(
  values: Readonly<Record<string, unknown>>,
  { backend, verbose = false }: Pick<HashcacheOptions, 'backend' | 'verbose'>,
): Promise<string> {
  const key = dumpKey(values)
  const now = Date.now() / 1000
  await backend.dump(
    key,
    {
      func: 'dump',
      kwargs: values,
      hash: key,
      ...surroundings(),
      'saved-at': now,
      'saved-at-human': asctime(now),
    },
    verbose,
  )
  return key
}

/**
 * What is stored under a key: the values of a `dump`, or the output of a call.
 * @throws AppError `NOT_FOUND` if nothing is.
 */
export async function load(
  key: string,
  { backend, verbose = false }: Pick<HashcacheOptions, 'backend' | 'verbose'>,
): Promise<unknown> {
  const stored = await backend.load(key, verbose)
  if (!stored) throw new AppError('NOT_FOUND', `Nothing is stored under ${key}: look with \`hashcache ls\``)
  return 'output' in stored ? stored.output : stored.kwargs
}

function logToStandardError(line: string): void {
  process.stderr.write(line + '\n')
}

function printable(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
