import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseKey } from '../../shared/model/keys.ts'
import { openStore } from '../../shared/stores/registry.ts'
import { python } from '../../shared/testing/python.ts'
import { hashcache, mainFile, testDataFolder } from './testing/run.ts'

// A terminal that answers is Python's `pty`.

let folder: string
let from: string
let to: string
const keys = ['1', '2', '3'].map((digit) => digit.repeat(40))
const pickle = (text: string): Uint8Array =>
  Buffer.concat([Buffer.from([0x80, 4, 0x8c, text.length]), Buffer.from(text), Buffer.from('.')])

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-ask-'))
  from = `fs:${join(folder, 'from')}`
  to = `sqlite:${join(folder, 'to.sqlite')}`
  for (const [url, text] of [
    [from, 'source'],
    [to, 'target'],
  ] as const) {
    await using store = await openStore(url, { write: true })
    await store.apply(keys.map((key) => ({ kind: 'put', key: parseKey(key), value: pickle(text) })))
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const script = `
import json, os, pty, sys
command, answers = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0: os.execv(command[0], command)
said, asked = '', 0
while True:
    try: piece = os.read(terminal, 4096)
    except OSError: break
    if not piece: break
    said += piece.decode(errors='replace')
    if said.count('q leave: ') > asked and answers:
        asked += 1
        os.write(terminal, (answers.pop(0) + chr(10)).encode())
_, status = os.waitpid(pid, 0)
print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'said': said}))
`

function onTerminal(...answers: string[]): { code: number; said: string } {
  const command = [process.execPath, mainFile, 'migrate', from, to, '--on-conflict', 'ask']
  const output = execFileSync(python, ['-c', script, JSON.stringify(command), JSON.stringify(answers)], {
    encoding: 'utf8',
    env: { ...process.env, HASHCACHE_DATA: testDataFolder },
  })
  return JSON.parse(output) as { code: number; said: string }
}

async function there(): Promise<Record<string, string>> {
  await using store = await openStore(to)
  const values: Record<string, string> = {}
  for await (const batch of store.entries())
    for (const [i, value] of (await store.getMany(batch.map(({ key }) => key))).entries())
      values[Buffer.from(batch[i]!.key).toString().slice(0, 41)] = Buffer.from(value as Uint8Array)
        .toString('latin1')
        .slice(4, -1)
  return values
}

describe('migrate --on-conflict ask', () => {
  it('asks about each with the facts of both sides, and a capital decides all that follow', async () => {
    const { code, said } = onTerminal('what?', 'o', 'K')
    expect(said).toContain('1 of 3')
    expect(said).toMatch(/this one: 11 bytes/)
    expect(said).toMatch(/the target’s: 11 bytes/)
    expect(code).toBe(0)
    expect(await there()).toEqual({ [keys[0]!]: 'source', [keys[1]!]: 'target', [keys[2]!]: 'target' })
  })

  it('keeps both, and writes nothing when it is left', async () => {
    expect(onTerminal('b', 'q').code).toBe(2)
    expect(Object.keys(await there())).toHaveLength(3)
    expect(onTerminal('b', 'S').code).toBe(0)
    expect(Object.keys(await there())).toHaveLength(4)
  })

  it('says which flag to give where there is no terminal', async () => {
    const refused = await hashcache('migrate', from, to, '--on-conflict', 'ask')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('--on-conflict skip, overwrite')
    const listed = await hashcache('migrate', from, to, '--on-conflict', 'ask', '--dry-run')
    expect(listed.stdout).toContain('to be decided')
  })
})
