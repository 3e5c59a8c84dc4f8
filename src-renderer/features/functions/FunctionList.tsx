import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { FunctionSummary, StoreSummary } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { countOf, formatBytes, formatCompute, formatCount } from '../../ui/format.ts'
import { Section } from '../../ui/Section.tsx'
import { isOneOf, useStored } from '../../ui/use-stored.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { requiredValue, withClause } from '../filter/filter-text.ts'
import classes from './FunctionList.module.css'

const measures = {
  bytes: {
    title: 'by bytes',
    of: (each: FunctionSummary) => each.bytes,
    text: (each: FunctionSummary) => formatBytes(each.bytes),
  },
  entries: { title: 'by entries', of: (each: FunctionSummary) => each.entries, text: () => undefined },
  compute: {
    title: 'by hours',
    of: (each: FunctionSummary) => each.computeSeconds,
    text: (each: FunctionSummary) => formatCompute(each.computeSeconds),
  },
} as const
type Measure = keyof typeof measures
const measureNames = Object.keys(measures) as Measure[]

/** The functions of the cache with what they hold; a click filters by one, another click shows all again. */
export function FunctionList({ summary }: { summary: StoreSummary }) {
  const [measure, setMeasure] = useStored<Measure>('functions-by', 'bytes', isOneOf(...measureNames))
  const { of } = measures[measure]
  const functions = summary.functions.toSorted((a, b) => of(b) - of(a) || a.func.localeCompare(b.func))
  const most = Math.max(1e-9, ...functions.map(of))
  const names = new Set(functions.map((each) => each.func))
  const choose = (
    <Menu position="bottom-end" width={130}>
      <Menu.Target>
        <button type="button" className={classes.measure} aria-label={`Functions ${measures[measure].title}`}>
          {measures[measure].title} <IconChevronDown size={11} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {measureNames.map((name) => (
          <Menu.Item key={name} onClick={() => setMeasure(name)}>
            {measures[name].title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
  if (functions.length === 0) return null
  return (
    <Section title="Functions" side={choose}>
      <ul className={classes.list}>
        {functions.map((each) => (
          <FunctionItem
            key={`${each.module}.${each.func}`}
            each={each}
            measure={measure}
            share={of(each) / most}
            isNameUnique={names.size === functions.length}
          />
        ))}
      </ul>
    </Section>
  )
}

interface FunctionItemProps {
  each: FunctionSummary
  measure: Measure
  share: number
  isNameUnique: boolean
}

function FunctionItem({ each, measure, share, isNameUnique }: FunctionItemProps) {
  const { place, navigate } = useDesk()
  const module = requiredValue(place.query, 'module')
  const isChosen =
    requiredValue(place.query, 'func') === each.func && (module === undefined || module === each.module)
  const toggle = (): void => {
    let query = withClause(place.query, 'func', isChosen ? undefined : each.func)
    query = withClause(query, 'module', isChosen || isNameUnique ? undefined : each.module)
    navigate({ query })
  }
  const figure = measures[measure].text(each)
  return (
    <li>
      <button
        type="button"
        className={classes.item}
        aria-pressed={isChosen}
        title={`${visibleText(each.module)}.${visibleText(each.func)}\n${countOf(each.entries, 'entry', 'entries')} · ${formatBytes(each.bytes)} · ${formatCompute(each.computeSeconds)} of compute${each.versions.length === 0 ? '' : `\nhashcache ${visibleText(each.versions.join(', '))}`}`}
        onClick={toggle}
      >
        <code className={classes.name}>{visibleText(each.func)}</code>
        <span className={classes.figures}>
          {formatCount(each.entries)}
          {figure === undefined ? '' : ` · ${figure}`}
        </span>
        <span className={classes.bar}>
          <i style={{ width: `${Math.max(0.6, share * 100)}%` }} />
        </span>
      </button>
    </li>
  )
}
