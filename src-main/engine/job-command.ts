import { queryOption } from '../../shared/api/filters.ts'
import { policyArguments } from '../../shared/api/policies.ts'
import type { Job, MigrateSpec, RepairSpec } from '../../shared/jobs/contract.ts'

/** What `verify --repair` repairs. */
const repaired: RepairSpec['findings'] = ['damaged', 'misplaced', 'stray']

/**
 * The command line that plans the same, as words without quotes; `undefined` where there is none: of chosen entries and of
 * conflicts that were decided one by one.
 */
export function commandOf({ spec, store, from }: Job): string[] | undefined {
  switch (spec.kind) {
    case 'migrate':
      if (spec.selection.keys !== undefined || spec.decisions !== undefined || !from) return undefined
      return [
        'migrate',
        ...queryOption(spec.selection.query),
        ...migrateOptions(spec),
        from.location,
        store.location,
      ]
    case 'evict': {
      if (spec.selection.keys !== undefined) return undefined
      const rules = policyArguments(spec.policy ?? {})
      const { query = '' } = spec.selection
      // Without filter and rules the command would go by the rules that are kept.
      const which = query.trim() === '' && rules.length === 0 ? ['--query='] : queryOption(query)
      return ['evict', ...which, ...rules, store.location]
    }
    case 'repair': {
      const isSame =
        repaired.length === spec.findings.length && repaired.every((each) => spec.findings.includes(each))
      return isSame ? ['verify', '--repair', store.location] : undefined
    }
    case 'undo':
      return ['undo', spec.job]
  }
}

function migrateOptions({ onConflict, otherwise, form, acceptLoss, acceptLimits }: MigrateSpec): string[] {
  const rule = onConflict === 'ask' ? otherwise : onConflict
  return [
    ...(rule === undefined || rule === 'fail' ? [] : [`--on-conflict=${rule}`]),
    ...(form === undefined || form === 'any' ? [] : [`--form=${form}`]),
    ...(acceptLoss ? ['--accept-loss'] : []),
    ...(acceptLimits ? ['--accept-limits'] : []),
  ]
}
