import { planJob } from '../../shared/jobs/jobs.ts'
import { verifyStore, type FindingKind } from '../../shared/jobs/verify.ts'
import { showKey } from '../../shared/model/keys.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'
import { finishJob, jobsOptions, type RunChoices } from './job-run.ts'
import { paint, sizeText, standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'

export interface VerifyOptions extends RunChoices {
  readonly repair?: boolean
}

/** `hashcache verify STORE`: what is damaged, misplaced, unreadable or no entry; with `--repair` it goes to the trash. */
export async function runVerify(
  target: string,
  { repair = false, ...choices }: VerifyOptions,
): Promise<ExitCode> {
  const location = await resolveStore(target)
  if (repair) {
    const options = jobsOptions(location)
    const findings: FindingKind[] = ['damaged', 'misplaced']
    return finishJob(await planJob({ kind: 'repair', store: location, findings }, options), choices, options)
  }
  const output = standardOutput()
  await using store = await openStore(location)
  let entries = 0
  let bytes = 0
  let found = 0
  const onProgress = (progress: { entries: number; bytes: number }): void =>
    void ({ entries, bytes } = progress)
  for await (const { finding, key, name, bytes: size, sentence } of verifyStore(store, { onProgress })) {
    found++
    const shown = name ?? showKey(key)
    await output.write(
      choices.json
        ? JSON.stringify({ finding, key: shown, sizeBytes: size, sentence }) + '\n'
        : `${paint(output, 'red', finding)}  ${shown}  ${sizeText(size)}  ${sentence}\n`,
    )
  }
  if (!choices.json) {
    await output.write(
      `${entries} entries, ${sizeText(bytes)} read: ${found === 0 ? 'nothing wrong' : `${found} findings`}\n`,
    )
  }
  return found === 0 ? 0 : 1
}
