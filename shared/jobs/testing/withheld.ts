import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'

/** Root is refused nothing by modes; without these capabilities it is an owner like others. */
const capabilities = '-dac_override,-dac_read_search'

/** The command that runs a program as somebody whom the modes of files bind. */
export function withModes(...command: string[]): [file: string, parameters: string[]] {
  if (process.getuid?.() !== 0) return [command[0]!, command.slice(1)]
  return ['setpriv', [`--bounding-set=${capabilities}`, `--inh-caps=${capabilities}`, ...command]]
}

/** Why that cannot be had here: no `setpriv`, or a container without these rights. */
export function noModes(scratch: string): string | undefined {
  writeFileSync(scratch, 'closed')
  chmodSync(scratch, 0)
  try {
    const [file, parameters] = withModes('cat', scratch)
    execFileSync(file, parameters, { stdio: 'pipe' })
    return 'nobody can be refused a file here'
  } catch (thrown) {
    const { stderr } = thrown as { stderr?: Buffer }
    return stderr?.includes('Permission denied') ? undefined : 'setpriv (util-linux) is not here'
  } finally {
    rmSync(scratch, { force: true })
  }
}
