import { readFile } from 'node:fs/promises'
import type { Policy } from '../../shared/jobs/contract.ts'
import { planJob } from '../../shared/jobs/jobs.ts'
import { parsePolicy } from '../../shared/jobs/policy.ts'
import { AppError, toAppError } from '../../shared/model/errors.ts'
import { resolveStore } from '../../shared/stores/registry.ts'
import { finishJob, jobsOptions, type RunChoices } from './job-run.ts'
import type { ExitCode } from './program.ts'

export interface EvictOptions extends RunChoices {
  readonly query?: string
  readonly policy?: string
}

/** `hashcache evict STORE --query Q | --policy FILE`: into the trash, exactly what the plan lists. */
export async function runEvict(
  target: string,
  { query, policy, ...choices }: EvictOptions,
): Promise<ExitCode> {
  if (query === undefined && policy === undefined) {
    throw new AppError(
      'USAGE',
      'Say which entries: --query "age>1y -user:ana", --policy retention.json, or --query "" for all.',
    )
  }
  const rules = policy === undefined ? undefined : await readPolicy(policy)
  const store = await resolveStore(target)
  const options = jobsOptions(store)
  const selection = query === undefined ? {} : { query }
  const job = await planJob(
    { kind: 'evict', store, selection, ...(rules === undefined ? {} : { policy: rules }) },
    options,
  )
  return finishJob(job, choices, options)
}

async function readPolicy(path: string): Promise<Policy> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (thrown) {
    const message = `The policy ${path} cannot be read (${toAppError(thrown).message}); see docs/eviction.md for its form.`
    throw new AppError('USAGE', message, { cause: thrown, data: { path } })
  }
  return parsePolicy(value, path)
}
