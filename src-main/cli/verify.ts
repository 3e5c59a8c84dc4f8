import { planJob } from '../../shared/jobs/jobs.ts'
import type { RepairSpec } from '../../shared/jobs/contract.ts'
import { duplicatesQuery, verifyStore } from '../../shared/jobs/verify.ts'
import { dataFolder } from '../../shared/catalog/location.ts'
import { showKey } from '../../shared/model/keys.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'
import { countOf, formatBytes } from '../../shared/model/amounts.ts'
import { finishJob, jobsOptions, type RunChoices } from './job-run.ts'
import { optional, paint, standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'

export interface VerifyOptions extends RunChoices {
  readonly repair?: boolean
}

/**
 * `hashcache verify STORE`: what is damaged, misplaced, unreadable or no entry; with `--repair` it goes to the trash.
 * Duplicates are told as a note: a cache that has nothing else is sound.
 */
export async function runVerify(
  target: string,
  { repair = false, ...choices }: VerifyOptions,
): Promise<ExitCode> {
  const location = await resolveStore(target)
  if (repair) {
    const options = jobsOptions(location)
    const findings: RepairSpec['findings'] = ['damaged', 'misplaced', 'stray']
    return finishJob(await planJob({ kind: 'repair', store: location, findings }, options), choices, options)
  }
  const output = standardOutput()
  await using store = await openStore(location)
  let entries = 0
  let bytes = 0
  let found = 0
  let duplicates = 0
  const onProgress = (progress: { entries: number; bytes: number }): void =>
    void ({ entries, bytes } = progress)
  for await (const { finding, key, name, bytes: size, sentence } of verifyStore(store, {
    onProgress,
    dataFolder: dataFolder(),
  })) {
    const isNote = finding === 'duplicate'
    if (isNote) duplicates++
    else found++
    const shown = name ?? showKey(key)
    await output.write(
      choices.json
        ? JSON.stringify({ finding, key: shown, sizeBytes: size, sentence }) + '\n'
        : `${paint(output, isNote ? 'dim' : 'red', finding)}  ${shown}  ${optional(size, formatBytes)}  ${sentence}\n`,
    )
  }
  if (!choices.json) {
    await output.write(
      `${countOf(entries, 'entry', 'entries')}, ${formatBytes(bytes)} read: ${found === 0 ? 'nothing wrong' : `${found} findings`}\n`,
    )
    if (duplicates > 0) {
      await output.write(
        `${duplicates} duplicates, which is no damage: newer entries have the same outputs; --query ${duplicatesQuery} finds them\n`,
      )
    }
  }
  return found === 0 ? 0 : 1
}
