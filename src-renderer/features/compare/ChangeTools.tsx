import { Button, Chip, Group, Popover, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconFileDiff, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { ChangeSection, EntryDifferences, ToleranceAmounts } from '../../../shared/api/compare.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import classes from './ChangeTools.module.css'
import { allSections, formatTolerance } from './compare-place.ts'
import type { Compare } from './use-compare.ts'

const sectionTitles: Readonly<Record<ChangeSection, string>> = {
  output: 'Output',
  arguments: 'Arguments',
  metadata: 'Metadata',
}

export interface ChangeToolsProps {
  readonly compare: Compare
  readonly differences: EntryDifferences
}

/** How many differences there are, which of them are listed, and what counts as one. */
export function ChangeTools({ compare, differences }: ChangeToolsProps) {
  const { counts, sections, total } = differences
  const all = counts.added + counts.removed + counts.changed + counts.type
  const listed = sections.output + sections.arguments + sections.metadata
  const toggle = (section: ChangeSection): void => {
    const next = allSections.filter((each) => compare.sections.includes(each) !== (each === section))
    compare.set({ sections: next, change: undefined }, 'replace')
  }
  return (
    <div className={classes.tools} role="toolbar" aria-label="Differences">
      <b>{countOf(all, 'difference')}</b>
      {all > listed ? <span className={classes.dim}>the first {formatCount(listed)} are listed</span> : null}
      {total === all ? null : <span className={classes.dim}>{formatCount(total)} shown</span>}
      <Group gap={4} role="group" aria-label="Parts that are listed">
        {allSections.map((section) => (
          <Chip
            variant="outline"
            key={section}
            size="xs"
            checked={compare.sections.includes(section)}
            disabled={sections[section] === 0}
            onChange={() => toggle(section)}
          >
            {sectionTitles[section]} {formatCount(sections[section])}
          </Chip>
        ))}
      </Group>
      <span className={classes.room} />
      <TextInput
        aria-label="Find in paths and values"
        placeholder="Find in paths and values"
        className={classes.find}
        leftSection={<IconSearch size={13} />}
        value={compare.find}
        onChange={(event) => compare.set({ find: event.currentTarget.value }, 'replace')}
        spellCheck={false}
      />
      <ToleranceControl compare={compare} />
      <Button
        leftSection={<IconFileDiff size={14} />}
        aria-pressed={compare.asText}
        variant={compare.asText ? 'light' : 'default'}
        onClick={() => compare.set({ asText: !compare.asText }, 'replace')}
      >
        As text
      </Button>
    </div>
  )
}

const amounts = [
  { name: 'absolute', label: 'Absolute: |a − b| at most', placeholder: '1e-9' },
  { name: 'relative', label: 'Relative: part of the larger of the two', placeholder: '1e-6' },
  { name: 'ulp', label: 'Ulp: representable numbers apart', placeholder: '4' },
] as const satisfies readonly { name: keyof ToleranceAmounts; label: string; placeholder: string }[]

/** Floats that are as near as any of these count as equal. */
export function ToleranceControl({ compare }: { compare: Compare }) {
  const [draft, setDraft] = useState<Partial<Record<keyof ToleranceAmounts, string>>>({})
  const [isOpen, setIsOpen] = useState(false)
  const shown = formatTolerance(compare.tolerance)
  const textOf = (name: keyof ToleranceAmounts): string =>
    draft[name] ?? String(compare.tolerance[name] ?? '')
  const isOff = (name: keyof ToleranceAmounts): boolean => {
    const text = textOf(name).trim()
    return text !== '' && !(Number(text) >= 0 && Number.isFinite(Number(text)))
  }
  const apply = (): void => {
    const entries = amounts.flatMap(({ name }) => {
      const text = textOf(name).trim()
      return text === '' || isOff(name) ? [] : [[name, Number(text)] as const]
    })
    compare.set({ tolerance: Object.fromEntries(entries) })
    setDraft({})
    setIsOpen(false)
  }
  const hasFault = amounts.some(({ name }) => isOff(name))
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button leftSection={<IconAdjustmentsHorizontal size={14} />} onClick={() => setIsOpen(!isOpen)}>
          {shown === '' ? 'Tolerance' : shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={classes.tolerance}
          aria-label="Tolerance for floats"
          onSubmit={(event) => {
            event.preventDefault()
            if (!hasFault) apply()
          }}
        >
          {amounts.map(({ name, label, placeholder }) => (
            <TextInput
              key={name}
              label={label}
              placeholder={placeholder}
              value={textOf(name)}
              error={isOff(name) ? 'A number from 0 is wanted' : undefined}
              onChange={(event) => {
                const { value } = event.currentTarget
                setDraft((before) => ({ ...before, [name]: value }))
              }}
              inputMode="decimal"
              autoComplete="off"
            />
          ))}
          <p className={classes.dim}>Floats that are as near as any of these count as equal.</p>
          <Group gap={6}>
            <Button type="submit" variant="filled" disabled={hasFault}>
              Apply
            </Button>
            <Button
              variant="subtle"
              onClick={() => {
                setDraft({})
                compare.set({ tolerance: {} })
                setIsOpen(false)
              }}
            >
              Exact
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
