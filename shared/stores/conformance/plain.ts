import type { Entry, WriteOutcome } from '../contract.ts'

/** What tests do with stores, without the test runner: programs that tests start use it too. */
export async function collect(batches: AsyncIterable<Entry[]>): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const batch of batches) entries.push(...batch)
  return entries
}

/** `done`, or the reason why not. */
export function outcomesOf(outcomes: readonly WriteOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.done ? 'done' : outcome.reason))
}
