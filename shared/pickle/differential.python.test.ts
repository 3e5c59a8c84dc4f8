import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { toHex } from '../model/bytes.ts'
import { MemorySource } from '../model/source.ts'
import { python } from '../testing/python.ts'
import { readPickle } from './read.ts'
import { opcodes } from './opcodes.ts'
import { scanPickle } from './scan.ts'
import type { Scan } from './scan.ts'
import { canonicalText } from './testing/canonical.ts'

const script = fileURLToPath(new URL('differential.py', import.meta.url))
const isQuick = process.env.HASHCACHE_QUICK === '1'
const seed = Number(process.env.HASHCACHE_SEED ?? 20_240_229)

/** What `copyreg.add_extension` registers in the script. */
const extensions = new Map([
  [240, '__main__.Extended1'],
  [4000, '__main__.Extended2'],
  [70_000, '__main__.Extended4'],
])

/** The length-prefixed parts that the script writes. */
async function* parts(command: string, count: number): AsyncGenerator<Buffer> {
  const child = spawn(python, [script, command, String(count), String(seed)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  // Python mutters there of damaged buffers that it frees; it counts only if the script fails.
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= 4) {
      const length = rest.readUInt32LE(at)
      if (rest.length - at - 4 < length) break
      yield rest.subarray(at + 4, at + 4 + length)
      at += 4 + length
    }
    rest = rest.subarray(at)
  }
  const code = await exit
  expect(code === 0 ? '' : complaints || `exit code ${code}`).toBe('')
  expect(rest).toHaveLength(0)
}

/** The parts in groups: `sizeOf` says how many follow the ones that are there. */
async function* groups(
  command: string,
  count: number,
  isWhole: (group: readonly Buffer[]) => boolean,
): AsyncGenerator<Buffer[]> {
  let group: Buffer[] = []
  for await (const part of parts(command, count)) {
    group.push(part)
    if (!isWhole(group)) continue
    yield group
    group = []
  }
  expect(group).toHaveLength(0)
}

function readCanonical(pickle: Uint8Array): string {
  const source = new MemorySource(pickle)
  const { root, problem } = readPickle(source)
  if (problem) return `${problem.code} at ${problem.offset}: ${problem.sentence}`
  return root ? canonicalText(root, source, extensions) : 'nothing'
}

/** Where two texts part, with a little around it. */
function difference(pickle: Uint8Array, expected: string, got: string): object {
  let at = 0
  while (at < expected.length && expected[at] === got[at]) at++
  const around = (text: string) => text.slice(Math.max(0, at - 40), at + 60)
  return { at, expected: around(expected), got: around(got), pickle: toHex(pickle.subarray(0, 500)) }
}

describe('pickles of random values', () => {
  const count = isQuick ? 2000 : 20_000

  it(`reads ${count} values as Python made them, from both picklers and all protocols`, async () => {
    let values = 0
    let pickles = 0
    const protocols = new Set<number>()
    const differences: object[] = []
    const isWhole = (group: readonly Buffer[]) => group.length > 1 && group.length === 2 + group[1]![0]!
    for await (const [expected, , ...dumps] of groups('objects', count, isWhole)) {
      values++
      for (const dump of dumps) {
        pickles++
        const protocol = dump[0]!
        protocols.add(protocol)
        const pickle = dump.subarray(1)
        const got = readCanonical(pickle)
        const want = expected!.toString('latin1')
        if (got !== want && differences.length < 3) differences.push(difference(pickle, want, got))
      }
    }
    expect(differences).toEqual([])
    expect(values).toBe(count)
    expect(pickles).toBeGreaterThan(count * 8)
    expect(protocols).toEqual(new Set([0, 1, 2, 3, 4, 5]))
  })
})

/** Opcodes whose outcome depends on more than the bytes (a set's order on hashes), or which Python refuses for want of a hook. */
const impure =
  /^(?:EMPTY_SET|ADDITEMS|FROZENSET|GLOBAL|STACK_GLOBAL|INST|OBJ|REDUCE|NEWOBJ|NEWOBJ_EX|BUILD|EXT[124]|PERSID|BINPERSID|NEXT_BUFFER|READONLY_BUFFER)$/
/** pickletools is stricter than `_pickle.c` with some of the arguments that are lines of text. */
const lenientForms = new Set([
  'line',
  'line-pair',
  'integer-line',
  'float-line',
  'quoted-line',
  'escaped-line',
])

/** The opcode of the first operation that only one of the two accepts. */
function disputed(scan: Scan, expected: readonly number[]): string | undefined {
  return scan.operations[expected.length]?.opcode.name ?? scan.problem?.opcode
}

/** Python's text of a pickle without classes, or a dash where it is refused. */
function readData(pickle: Uint8Array): string {
  const source = new MemorySource(pickle)
  const { root, problem } = readPickle(source)
  return root && !problem ? canonicalText(root, source, extensions) : '-'
}

describe('damaged pickles', () => {
  const count = isQuick ? 2000 : 10_000

  it(`finds the opcodes of ${count} damaged pickles where pickletools does, and loads what Python loads`, async () => {
    const tally = { whole: 0, broken: 0, stricter: 0, loaded: 0, refused: 0 }
    const differences: object[] = []
    for await (const group of groups('mutants', count, (one) => one.length === 4)) {
      const [pickle, positions, outcome, loaded] = group as [Buffer, Buffer, Buffer, Buffer]
      const expected = Array.from({ length: positions.length / 4 }, (_, i) => positions.readUInt32LE(4 * i))
      const scan = scanPickle(new MemorySource(pickle))
      const got = scan.operations.map(({ offset }) => offset)
      const isWhole = outcome.toString() === 'ok'
      const common = Math.min(got.length, expected.length)
      let isSame = isWhole ? !scan.problem : scan.problem !== undefined
      isSame &&= got.join() === expected.join()
      if (isSame) {
        tally[isWhole ? 'whole' : 'broken']++
      } else {
        // Up to the argument that one of the two refuses they must agree.
        const name = disputed(scan, expected)
        const form = opcodes.find((opcode) => opcode.name === name)?.argument
        isSame = got.slice(0, common).join() === expected.slice(0, common).join()
        isSame &&= form !== undefined && lenientForms.has(form)
        tally.stricter++
      }
      const theirs = loaded.toString('latin1')
      const isData = theirs !== '?' && !scan.operations.some(({ opcode }) => impure.test(opcode.name))
      const ours = isData ? readData(pickle) : theirs
      if (isData) tally[theirs === '-' ? 'refused' : 'loaded']++
      if ((!isSame || ours !== theirs) && differences.length < 3) {
        differences.push({
          pickle: toHex(pickle.subarray(0, 500)),
          outcome: outcome.toString(),
          positions: [expected.slice(common - 2).join(), got.slice(common - 2).join()],
          scan: scan.problem?.sentence,
          ...(theirs === ours ? {} : difference(pickle, theirs, ours)),
        })
      }
    }
    expect(differences).toEqual([])
    expect(tally.whole).toBeGreaterThan(count / 10)
    expect(tally.broken).toBeGreaterThan(count / 4)
    expect(tally.stricter).toBeLessThan(count / 20)
    expect(tally.loaded).toBeGreaterThan(count / 50)
    expect(tally.refused).toBeGreaterThan(count / 10)
  })
})
