import { createInterface } from 'node:readline/promises'
import type { Decision, Job, MigrateSpec } from '../../shared/jobs/contract.ts'
import { forgetJob, JobFile, type ItemWithOutcome } from '../../shared/jobs/job-file.ts'
import { replanJob, type JobsOptions } from '../../shared/jobs/jobs.ts'
import { AppError } from '../../shared/model/errors.ts'
import { showKey } from '../../shared/model/keys.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { conflictTexts } from './conflict-text.ts'

const pageItems = 200

type Answer = { readonly decision: Decision; readonly isForAll: boolean } | 'quit'
type Ask = (question: string) => Promise<string>

const letters: Readonly<Record<string, Decision>> = { k: 'skip', s: 'skip', o: 'overwrite', b: 'keep-both' }

/** Without a terminal nobody can be asked. Said before the plan is made, which may take long. */
export function requireTerminal(): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return
  throw new AppError(
    'USAGE',
    'Nothing was planned: --on-conflict ask needs a terminal to ask on; give --on-conflict skip, overwrite, newest, fastest, keep-both or fail, or decide in the window.',
  )
}

/**
 * Asks about each conflict of a plan and makes the plan again with what was decided, which is then kept with the job.
 * `undefined`: the user left; the job is forgotten, and nothing was written.
 */
export async function askConflicts(job: Job, options: JobsOptions): Promise<Job | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-D leaves too: nobody will answer any more.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('q')))
  try {
    let decided = job
    while (decided.plan?.needs === 'decisions') {
      const made = await decisionsOf(decided, options, (question) =>
        Promise.race([lines.question(question), closed]),
      )
      if (!made) {
        forgetJob(options.dataFolder, job.id)
        return undefined
      }
      const spec = decided.spec as MigrateSpec
      const decisions = { ...spec.decisions, ...made.decisions }
      decided = await replanJob(job.id, { ...spec, ...made, decisions }, options)
    }
    return decided
  } finally {
    lines.close()
  }
}

async function decisionsOf(
  { id, plan }: Job,
  { dataFolder }: JobsOptions,
  ask: Ask,
): Promise<Pick<MigrateSpec, 'decisions' | 'otherwise'> | undefined> {
  using file = JobFile.open(dataFolder, id)
  // A map: a key may be `__proto__`.
  const decided = new Map<string, Decision>()
  const of = plan?.actions.ask?.entries ?? 0
  for (let from = 0; from < of; from += pageItems) {
    const { items } = file.items({ from, to: from + pageItems, action: 'ask' })
    for (const [i, item] of items.entries()) {
      const answer = await answerTo(questionOf(item, from + i + 1, of), ask)
      if (answer === 'quit') return undefined
      if (answer.isForAll) return { decisions: Object.fromEntries(decided), otherwise: answer.decision }
      decided.set(showKey(item.key), answer.decision)
    }
  }
  return { decisions: Object.fromEntries(decided) }
}

function questionOf(item: ItemWithOutcome, n: number, of: number): string {
  const { key, call } = item
  const facts = conflictTexts(item).map((text) => `  ${visibleText(text)}\n`)
  return `${n} of ${of}  ${visibleText(showKey(key))}  ${visibleText(call ?? '')}\n${facts.join('')}k keep the target’s (s skip), o overwrite, b keep both; a capital: all that follow; q leave: `
}

async function answerTo(question: string, ask: Ask): Promise<Answer> {
  for (;;) {
    const text = (await ask(question)).trim()
    if (/^q(uit)?$/i.test(text)) return 'quit'
    const decision = letters[text.toLowerCase()]
    if (decision) return { decision, isForAll: text !== text.toLowerCase() }
  }
}
