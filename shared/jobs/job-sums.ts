import type { PlanFacts, PlanItem, Totals } from './contract.ts'

export const noTotals: Totals = { entries: 0, bytes: 0, computeSeconds: 0 }

/** Totals by what they are of: `action delete`, `state done`. */
export class Sums {
  readonly all = new Map<string, { entries: number; bytes: number; computeSeconds: number }>()

  add(what: string, { bytes, computeSeconds }: Pick<PlanItem, 'bytes' | 'computeSeconds'>): void {
    let sum = this.all.get(what)
    if (!sum) this.all.set(what, (sum = { ...noTotals }))
    sum.entries++
    sum.bytes += bytes
    sum.computeSeconds += computeSeconds
  }
}

export function actionSums(sums: ReadonlyMap<string, Totals>): PlanFacts['actions'] {
  return Object.fromEntries(
    [...sums].flatMap(([what, sum]) => (what.startsWith('action ') ? [[what.slice(7), sum]] : [])),
  )
}

export function total(parts: readonly Totals[]): Totals {
  const sum = { entries: 0, bytes: 0, computeSeconds: 0 }
  for (const part of parts) {
    sum.entries += part.entries
    sum.bytes += part.bytes
    sum.computeSeconds += part.computeSeconds
  }
  return sum
}
