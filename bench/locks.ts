import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Store } from '../shared/stores/contract.ts'
import { openStore } from '../shared/stores/registry.ts'
import { python } from '../shared/testing/python.ts'
import type { BenchContext } from './run.ts'

const entries = 20_000
const valueBytes = 8_000
const batch = 1_000
const script = path.join(import.meta.dirname, 'write-beside.py')

const kinds = {
  sqlite: (file: string) => `sqlite:${file}`,
  gdbm: (file: string) => `shelve:${file}?format=gnu`,
}
type Kind = keyof typeof kinds

interface Waits {
  readonly longest: number
  readonly most: number
  /** Share of the tries to get the lock. */
  readonly refused: number
}

/**
 * How long a Python that writes into the same file has to wait for its turn while 20,000 entries are put there: by us, in
 * batches of 1,000 that are cut into short transactions, and by another Python in transactions of 1,000.
 */
export async function benchLocks(context: BenchContext): Promise<void> {
  for (const kind of ['sqlite', 'gdbm'] as const) {
    const alone = await waits(kind, path.join(context.folder, `alone.${kind}`), async () => {
      await new Promise((resolve) => setTimeout(resolve, 3_000))
    })
    const ours = await waits(kind, path.join(context.folder, `ours.${kind}`), async (store) => {
      for (let from = 0; from < entries; from += batch) {
        const outcomes = await store.apply(putsOf(from))
        if (outcomes.some(({ done }) => !done)) throw new Error('An entry was not written.')
      }
      const { transactions = 0, longestMs = 0 } = store.lockTimes ?? {}
      context.print(
        `  ${kind}: our transactions: ${transactions}, the longest held the lock for ${longestMs.toFixed(0)} ms`,
      )
    })
    const theirs = await waits(kind, path.join(context.folder, `theirs.${kind}`), async (_, file) => {
      await promisify(execFile)(python, [script, 'bulk', kind, file, String(entries), String(valueBytes)])
    })
    for (const [name, { longest, most, refused }] of [
      ['alone', alone],
      ['beside ours', ours],
      ['beside Python', theirs],
    ] as const)
      context.print(
        `  ${kind} ${name.padEnd(15)} longest wait ${longest.toFixed(0)} ms, 99 of 100 within ${most.toFixed(0)} ms, ${(refused * 100).toFixed(0)} % of tries refused`,
      )
    context.print(`  ${kind}: ours takes ${(ours.longest / theirs.longest).toFixed(2)} of the longest wait`)
  }
}

async function waits(
  kind: Kind,
  file: string,
  work: (store: Store, file: string) => Promise<void>,
): Promise<Waits> {
  await using store = await openStore(kinds[kind](file), { write: true })
  const child = spawn(python, [script, 'wait', kind, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  while (!said.includes('ready')) await once(child.stdout, 'data')
  await work(store, file)
  child.stdin.end('stop\n')
  await once(child, 'close')
  const [longest = Number.NaN, most = Number.NaN, refused = Number.NaN] = said
    .replace('ready', '')
    .trim()
    .split(' ')
    .map(Number)
  return { longest, most, refused }
}

function putsOf(from: number): { kind: 'put'; key: Uint8Array; value: Uint8Array }[] {
  return Array.from({ length: batch }, (_, i) => ({
    kind: 'put',
    key: new TextEncoder().encode(`ours ${from + i}`),
    value: new Uint8Array(valueBytes).fill(i % 251),
  }))
}
