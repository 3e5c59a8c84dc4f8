import type { ConflictSide, PlanItem } from '../../shared/jobs/contract.ts'
import { exactBytes, formatDuration } from '../../shared/model/amounts.ts'

/** What is known of a conflict, a line for each side; with what was not possible of what was decided before. */
export function conflictTexts({ note, sides }: Pick<PlanItem, 'note' | 'sides'>): string[] {
  return [
    ...(note === undefined ? [] : [note]),
    ...(sides ? [`this one: ${sideText(sides.source)}`, `the target’s: ${sideText(sides.target)}`] : []),
  ]
}

function sideText({ bytes, runAtSeconds, elapsedSeconds }: ConflictSide): string {
  return [
    exactBytes(bytes),
    ...(runAtSeconds === undefined ? [] : [dateText(runAtSeconds)]),
    ...(elapsedSeconds === undefined ? [] : [`took ${formatDuration(elapsedSeconds)}`]),
  ].join(', ')
}

/** Records are anybody's: their times may be out of all calendars. */
function dateText(seconds: number): string {
  const date = new Date(seconds * 1_000)
  if (Number.isNaN(date.getTime())) return `run at ${seconds} s`
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
