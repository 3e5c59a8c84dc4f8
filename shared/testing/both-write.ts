import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { keyText, parseKey } from '../model/keys.ts'
import type { Store, WriteOperation } from '../stores/contract.ts'
import { python } from './python.ts'

const batch = 100

const script = (writer: string): string => `
import hashlib, joblib, os, sys
${writer}
place, count = sys.argv[1], int(sys.argv[2])
def key(who, i):
    return hashlib.sha1(('%s %d' % (who, i)).encode()).hexdigest()
print('ready', flush=True)
for i in range(count):
    write(place, key('python', i), i)
print('written', flush=True)
sys.stdin.read()
missing = [i for who in ('python', 'ours') for i in range(count) if read(place, key(who, i)) != i]
print('missing', len(missing), flush=True)
`

export interface BothWrote {
  /** What our writes said went wrong. */
  readonly failures: readonly string[]
  readonly pythonExitCode: number
  /** Entries of either side that Python did not find. */
  readonly missingToPython: number
  /** Different entries that our listing found. */
  readonly found: number
}

/**
 * A Python process and we write `count` entries each into one cache at the same time; then each side looks for
 * all of both. `writer` is Python that defines `write(place, key, value)` and `read(place, key)`.
 */
export async function bothWrite(
  store: Store,
  place: string,
  writer: string,
  count: number,
): Promise<BothWrote> {
  const child = spawn(python, ['-c', script(writer), place, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const exited = once(child, 'exit')
  const untilSaid = async (word: string): Promise<void> => {
    while (!said.includes(word) && child.exitCode === null)
      await Promise.race([once(child.stdout, 'data'), exited])
  }
  await untilSaid('ready')
  const failures: string[] = []
  for (let from = 0; from < count; from += batch) {
    for (const outcome of await store.apply(putsOf(from, Math.min(from + batch, count)))) {
      if (!outcome.done) failures.push(outcome.sentence)
    }
  }
  await untilSaid('written')
  child.stdin.end()
  const [pythonExitCode] = (await exited) as [number]
  const found = new Set<string>()
  for await (const entries of store.entries()) for (const { key } of entries) found.add(keyText(key)!)
  const missing = /missing (\d+)/.exec(said)?.[1]
  return { failures, pythonExitCode, missingToPython: Number(missing ?? Number.NaN), found: found.size }
}

function putsOf(from: number, to: number): WriteOperation[] {
  const operations: WriteOperation[] = []
  for (let i = from; i < to; i++) {
    const key = parseKey(createHash('sha1').update(`ours ${i}`).digest('hex'))
    operations.push({ kind: 'put', key, value: pickledInteger(i), expect: 'absent' })
  }
  return operations
}

/** An int as a pickle of protocol 2: PROTO 2, BININT, STOP. */
function pickledInteger(value: number): Uint8Array {
  const bytes = Uint8Array.of(0x80, 2, 0x4a, 0, 0, 0, 0, 0x2e)
  new DataView(bytes.buffer).setInt32(3, value, true)
  return bytes
}
