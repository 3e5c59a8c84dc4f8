import { ActionIcon, Menu, NativeSelect, SegmentedControl, Switch, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useRef } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { PointField, PointFields, Points } from '../../../shared/api/points.ts'
import { useDesk } from '../../app/desk.ts'
import { pointsCsvAddress, type PointsQuestion } from '../../client/points.ts'
import { formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { savePng } from '../value/save-png.ts'
import classes from './Plot.module.css'
import { noColor, type PlotPlace } from './plot-place.ts'
import { fieldName } from './plot-words.ts'
import type { Chosen } from './PlotView.tsx'

export interface PlotToolsProps {
  readonly store: Connection
  readonly fields: PointFields
  readonly own: PlotPlace
  readonly chosen: Chosen
  readonly question: PointsQuestion | undefined
  readonly points: Points | undefined
  readonly set: (change: Partial<PlotPlace>) => void
}

const groups = { argument: 'Arguments', output: 'Outputs', entry: 'The run' } as const
const nameFields = ['func', 'module', 'user', 'host', 'version', 'type', 'dtype', 'status', 'kind']

/** What is drawn, and how. */
export function PlotTools(props: PlotToolsProps) {
  const { fields, own, chosen, points, set } = props
  const isTime = (axis: 'x' | 'y'): boolean => chosen[axis] === 'run'
  return (
    <div className={classes.tools} role="group" aria-label="What is drawn">
      <FunctionChoice fields={fields} />
      <FieldChoice label="Across" value={chosen.x} fields={fields} onChoose={(x) => set({ x })} />
      <FieldChoice label="Up" value={chosen.y} fields={fields} onChoose={(y) => set({ y })} />
      <ColorChoice {...props} />
      <SegmentedControl
        size="xs"
        aria-label="How it is drawn"
        data={[
          { value: 'points', label: 'Points' },
          { value: 'line', label: 'Mean and range' },
        ]}
        value={own.as}
        onChange={(as) => set({ as: as === 'line' ? 'line' : 'points' })}
      />
      <Switch
        size="xs"
        label="log across"
        disabled={isTime('x')}
        checked={own.xlog && !isTime('x')}
        onChange={(event) => set({ xlog: event.currentTarget.checked, xr: undefined })}
      />
      <Switch
        size="xs"
        label="log up"
        disabled={isTime('y')}
        checked={own.ylog && !isTime('y')}
        onChange={(event) => set({ ylog: event.currentTarget.checked, yr: undefined })}
      />
      {points && points.shown.entries > 0 ? <SaveMenu {...props} /> : null}
    </div>
  )
}

/** Of several functions: all of them, or one. */
function FunctionChoice({ fields: { functions, functionCount, total } }: Pick<PlotToolsProps, 'fields'>) {
  const { navigate } = useDesk()
  if (functionCount < 2) return null
  return (
    <NativeSelect
      size="xs"
      label="Function"
      value=""
      onChange={(event) => navigate({ query: event.currentTarget.value })}
      data={[
        { value: '', label: `all ${formatCount(functionCount)} (${formatCount(total)})` },
        ...functions.map(({ func, module, entries, filter }) => ({
          value: filter,
          label: `${func === undefined ? 'no function' : visibleText(module === undefined ? func : `${module}.${func}`)} (${formatCount(entries)})`,
        })),
      ]}
    />
  )
}

interface FieldChoiceProps {
  readonly label: string
  readonly value: string | undefined
  readonly fields: PointFields
  readonly onChoose: (field: string) => void
}

function FieldChoice({ label, value, fields, onChoose }: FieldChoiceProps) {
  const present = fields.fields.filter(({ numbers }) => numbers > 0)
  const isListed = value === undefined || present.some(({ field }) => field === value)
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value)}
      data={[
        ...(value === undefined ? [{ value: '', label: 'choose…', disabled: true }] : []),
        // An address, or the command line, may name what no entry has.
        ...(isListed ? [] : [{ value, label: `${fieldName(value)} (0)` }]),
        ...grouped(present, fields.sampled !== undefined, ({ numbers }) => numbers),
      ]}
    />
  )
}

function ColorChoice({ fields, chosen: { color }, set }: PlotToolsProps) {
  const useful = fields.fields.filter(({ different, entries }) => entries > 0 && different > 1)
  const isListed =
    color === undefined || nameFields.includes(color) || useful.some(({ field }) => field === color)
  return (
    <NativeSelect
      size="xs"
      label="Colour"
      value={color ?? noColor}
      onChange={(event) => set({ color: event.currentTarget.value })}
      data={[
        { value: noColor, label: 'none' },
        ...(isListed ? [] : [{ value: color, label: `${fieldName(color)} (0)` }]),
        ...grouped(useful, fields.sampled !== undefined, ({ entries }) => entries),
        { group: 'Names', items: nameFields.map((value) => ({ value, label: value })) },
      ]}
    />
  )
}

/** `cutoff (340)`; counts that were scaled up are about so many. */
function grouped(fields: readonly PointField[], isAbout: boolean, count: (field: PointField) => number) {
  return (Object.keys(groups) as (keyof typeof groups)[])
    .map((of) => ({
      group: groups[of],
      items: fields
        .filter((each) => each.of === of)
        .map((each) => ({
          value: each.field,
          label: `${fieldName(each.field)} (${isAbout ? '≈' : ''}${formatCount(count(each))})`,
        })),
    }))
    .filter(({ items }) => items.length > 0)
}

function SaveMenu({ store, question, points }: PlotToolsProps) {
  const button = useRef<HTMLButtonElement>(null)
  if (!question || !points) return null
  const savePicture = (): void => {
    const section = button.current?.closest('section')
    if (section) void savePng(section, `${points.y.field}-against-${points.x.field}.png`)
  }
  return (
    <Menu position="bottom-end" width={190}>
      <Tooltip label="Save as a file">
        <Menu.Target>
          <ActionIcon ref={button} size={22} aria-label="Save as a file" className={classes.save}>
            <IconDownload size={14} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.Item component="a" href={pointsCsvAddress(store.id, question)} download>
          Table of what is shown (.csv)
        </Menu.Item>
        <Menu.Item onClick={savePicture}>Picture (.png)</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
