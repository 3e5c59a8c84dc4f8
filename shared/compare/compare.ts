import type { Catalog } from '../catalog/catalog.ts'
import { showKey } from '../model/keys.ts'
import { Slices } from '../stores/slices.ts'
import type { CacheSide, CompareOptions, CompareProgress, Verdict } from './contract.ts'
import type { Candidate, KeyPair, ResultFile, SideNumber } from './result-file.ts'
import { callIdentity, compareEntries, sameBytes } from './values.ts'

const pageRows = 1_000
/** Pairs looked at in one go: what they found is written together, and can be seen then. */
const pagePairs = 256
/** Values up to this are read many at once and compared in memory; greater ones one by one, piece by piece. */
const smallBytes = 64 * 1024
const requestBytes = 4 * 1024 * 1024

/**
 * Compares two caches, of any backends, into a result file. Both are listed by their catalogs; values are read
 * where both have the key (or the call). Memory does not grow with the caches. What was found before it was
 * cancelled stays in the file.
 *
 * @throws AppError BAD_QUERY, CANCELLED, and what the stores say where they cannot be read at all.
 */
export async function compareCaches(
  left: CacheSide,
  right: CacheSide,
  result: ResultFile,
  options: CompareOptions,
): Promise<void> {
  const comparison = new Comparison([left, right], result, options)
  await comparison.list()
  await comparison.identifyCalls()
  await comparison.compare()
  result.finish()
}

class Comparison {
  readonly #sides: readonly [CacheSide, CacheSide]
  readonly #result: ResultFile
  readonly #options: CompareOptions
  readonly #slices: Slices

  constructor(sides: readonly [CacheSide, CacheSide], result: ResultFile, options: CompareOptions) {
    this.#sides = sides
    this.#result = result
    this.#options = options
    this.#slices = new Slices(options.signal)
  }

  /** Takes both lists of entries, and tells which of them the query means. */
  async list(): Promise<void> {
    const { query } = this.#options
    const of = this.#sides.reduce((sum, { catalog }) => sum + catalog.count(), 0)
    let done = 0
    for (const [side, { catalog }] of this.#sides.entries()) {
      const { id, entries } = catalog.search('', [{ column: 'key', descending: false }])
      for (let from = 0; from < entries; from += pageRows) {
        const { rows } = catalog.rows(id, from, from + pageRows)
        this.#result.addEntries(side as SideNumber, rows, query === undefined)
        done += rows.length
        await this.#turn({ phase: 'list', done, of })
      }
      if (query !== undefined) {
        for (const keys of matchingKeys(catalog, query)) this.#result.choose(side as SideNumber, keys)
      }
    }
  }

  /** Reads the arguments of what could be one call under two keys: of previews one cannot tell, they are shortened. */
  async identifyCalls(): Promise<void> {
    const { by, signal } = this.#options
    const of = this.#result.gatherCandidates(by === 'key')
    let done = 0
    for (const candidates of this.#result.candidates(pageRows)) {
      const found: (Candidate & { identity: string })[] = []
      for (const candidate of candidates) {
        const identity = await callIdentity(this.#sides[candidate.side].store, candidate.key, signal)
        if (identity !== undefined) found.push({ ...candidate, identity })
        done++
        await this.#turn({ phase: 'calls', done, of })
      }
      this.#result.identify(found)
    }
  }

  async compare(): Promise<void> {
    const { by } = this.#options
    this.#result.addLone(by)
    const of = this.#result.gatherCallPairs() + (by === 'key' ? this.#result.countPairs() : 0)
    let done = 0
    const write = async (pairs: readonly KeyPair[], verdicts: readonly Verdict[]): Promise<void> => {
      this.#result.addLines(pairs.map(({ left, right }, i) => ({ left, right, ...verdicts[i]! })))
      done += pairs.length
      await this.#turn({ phase: 'values', done, of })
    }
    for (const pairs of this.#result.callPairs(pagePairs)) {
      const verdicts: Verdict[] = []
      for (const pair of pairs) verdicts.push(await this.#compareCall(pair))
      await write(pairs, verdicts)
    }
    if (by === 'call') return this.#compareUncalled(write)
    for await (const pairs of this.#pairPages()) await write(pairs, await this.#comparePairs(pairs))
  }

  /** By call: entries that are no calls, or whose arguments cannot be read, still go by their key. */
  async #compareUncalled(
    write: (pairs: readonly KeyPair[], verdicts: readonly Verdict[]) => Promise<void>,
  ): Promise<void> {
    for await (const page of this.#pairPages()) {
      const pairs = page.filter(({ left }) => !this.#result.isIdentified(left))
      await write(pairs, await this.#comparePairs(pairs))
    }
  }

  async *#pairPages(): AsyncGenerator<KeyPair[]> {
    for (let after: Uint8Array | undefined; ;) {
      const pairs = this.#result.pairs(after, pagePairs)
      if (pairs.length === 0) return
      yield pairs
      after = pairs.at(-1)!.left
    }
  }

  /** One call on both sides. By key it is told beside the rest; by call it is how the two stand to each other. */
  async #compareCall({ left, right }: KeyPair): Promise<Verdict> {
    const isSameKey = Buffer.compare(left, right) === 0
    const verdict = await this.#compareOne(left, right, isSameKey ? 'all' : 'output')
    if (this.#options.by === 'call') return verdict
    const { relation, why } = verdict
    if (relation === 'sameValue') return { relation: 'sameCall' }
    return { relation: 'sameCall', why: relation === 'unclear' ? why : `other output: ${why}` }
  }

  #compareOne(left: Uint8Array, right: Uint8Array, what: 'all' | 'output'): Promise<Verdict> {
    const [a, b] = this.#sides
    const { tolerance, signal } = this.#options
    return compareEntries(a.store, showKey(left), b.store, showKey(right), { tolerance, what, signal })
  }

  async #comparePairs(pairs: readonly KeyPair[]): Promise<Verdict[]> {
    const verdicts: (Verdict | undefined)[] = pairs.map(() => undefined)
    for (const request of requestsOf(pairs)) {
      const keys = request.map((i) => pairs[i]!.left)
      const areSame = await sameBytes(this.#sides[0].store, this.#sides[1].store, keys, this.#options.signal)
      for (const [at, i] of request.entries()) if (areSame[at]) verdicts[i] = { relation: 'same' }
    }
    for (const [i, { left, right }] of pairs.entries()) {
      verdicts[i] ??= await this.#compareOne(left, right, 'all')
      if (this.#slices.isOver) await this.#slices.next()
    }
    return verdicts.map((verdict) => verdict!)
  }

  async #turn(progress: CompareProgress): Promise<void> {
    if (!this.#slices.isOver && progress.done < progress.of) return
    this.#options.onProgress?.(progress)
    await this.#slices.next()
  }
}

/** Numbers of pairs whose values are small, in groups that are read together. */
function* requestsOf(pairs: readonly KeyPair[]): Generator<number[]> {
  let request: number[] = []
  let bytes = 0
  for (const [i, { leftSize, rightSize }] of pairs.entries()) {
    const size = Math.max(leftSize ?? Infinity, rightSize ?? Infinity)
    if (size > smallBytes) continue
    request.push(i)
    bytes += size
    if (bytes < requestBytes) continue
    yield request
    request = []
    bytes = 0
  }
  if (request.length > 0) yield request
}

/** Shown keys that a query means, in pages. @throws AppError BAD_QUERY */
export function* matchingKeys(catalog: Catalog, query: string): Generator<string[]> {
  const { id, entries } = catalog.search(query)
  for (let from = 0; from < entries; from += pageRows) {
    yield catalog.keys(id, [[from, Math.min(entries, from + pageRows)]], pageRows)
  }
}
