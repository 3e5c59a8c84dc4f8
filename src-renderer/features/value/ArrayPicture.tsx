import { NativeSelect, SegmentedControl, Switch } from '@mantine/core'
import { complexParts } from '../../../shared/api/pictures.ts'
import { imageLayouts, type ChannelAxis } from '../../../shared/numpy/image.ts'
import type { ComplexPart } from '../../../shared/numpy/numbers.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { ArrayAxes, AxisChoice } from './ArrayAxes.tsx'
import {
  isComplex,
  isTime,
  looksOf,
  parseAxes,
  parseIndex,
  shownAxes,
  sideAxis,
  type Look,
} from './array-looks.ts'
import { HeatPicture } from './HeatPicture.tsx'
import { ImagePicture } from './ImagePicture.tsx'
import { LinePicture, type LineAddress } from './LinePicture.tsx'
import classes from './Picture.module.css'
import { complexPartOf, type PictureOptions } from './picture-place.ts'

export interface ArrayPictureProps {
  readonly value: ValueAddress
  readonly dtype: string
  readonly shape: readonly number[]
  readonly options: PictureOptions
}

const lookTitles: Readonly<Record<Look, string>> = { lines: 'Lines', heat: 'Heat map', image: 'Image' }
const partTitles: Readonly<Record<ComplexPart, string>> = {
  magnitude: '|z|',
  phase: 'arg',
  real: 'Re',
  imaginary: 'Im',
}

/** Axes that the picture has no index for, as it shows all of them. */
export function axesWithoutIndex(picture: Picture): readonly number[] {
  const { shown, side } = choiceOf(picture)
  return side === undefined ? shown : [...shown, side]
}

type Picture = Omit<ArrayPictureProps, 'value'>

/** What the address says of the picture of an array. */
function choiceOf({ dtype, shape, options }: Picture) {
  const looks = looksOf({ dtype, shape })
  const look = looks.find((known) => known === options.get('as')) ?? looks[0]
  const layouts = imageLayouts(shape)
  const channels = layouts.find((known) => known === options.get('channels')) ?? layouts[0] ?? 'none'
  const axes = parseAxes(options.get('axes'), shape.length)
  const shown = look ? shownAxes(look, shape, { axes, channels }) : []
  const side = look === 'lines' ? sideAxis(shape, shown[0]!) : undefined
  return {
    looks,
    look,
    layouts,
    channels,
    shown,
    side,
    index: parseIndex(options.get('index'), shape),
    complex: isComplex(dtype) ? complexPartOf(options) : undefined,
  }
}

/** Numbers as lines, a heat map or an image, with what can be chosen of it. */
export function ArrayPicture(props: ArrayPictureProps) {
  const { value, shape, options } = props
  const choice = choiceOf(props)
  const { look, shown, side, complex, channels } = choice
  if (!look) return null
  // What the table below shows of these axes is nothing to the picture.
  const index = choice.index.map((at, axis) => (shown.includes(axis) ? 0 : at))
  return (
    <>
      <Tools {...props} choice={choice} />
      <ArrayAxes
        shape={shape}
        shown={shown}
        free={side === undefined ? [] : [side]}
        index={choice.index}
        onIndex={(next) => options.set({ index: next.join(',') })}
      />
      {look === 'lines' ? (
        <LinePicture
          value={value}
          lines={linesOf(shape, shown[0]!, side, index)}
          complex={complex}
          options={options}
        />
      ) : look === 'heat' ? (
        <HeatPicture value={value} axes={shown} index={index} complex={complex} options={options} />
      ) : (
        <ImagePicture value={value} channels={channels} index={index} options={options} />
      )}
    </>
  )
}

function linesOf(
  shape: readonly number[],
  axis: number,
  side: number | undefined,
  index: readonly number[],
): LineAddress[] {
  if (side === undefined) return [{ name: 'value', axis, index }]
  return Array.from({ length: shape[side]! }, (_, at) => ({
    name: String(at),
    axis,
    index: index.with(side, at),
  }))
}

type ToolsProps = ArrayPictureProps & { readonly choice: ReturnType<typeof choiceOf> }

/** Zoom and axes belong to one look. */
const whereNothing = { from: '', to: '', rows: '', columns: '', axes: '' }

function Tools({ dtype, shape, options, choice }: ToolsProps) {
  const { looks, look, complex } = choice
  return (
    <div className={classes.tools} role="group" aria-label="Picture">
      {looks.length > 1 ? (
        <SegmentedControl
          size="xs"
          aria-label="Kind of picture"
          data={looks.map((one) => ({ value: one, label: lookTitles[one] }))}
          value={look}
          onChange={(as) => options.set({ ...whereNothing, as })}
        />
      ) : null}
      {complex ? <PartChoice part={complex} options={options} /> : null}
      {look === 'lines' ? (
        <LineTools shape={shape} isTime={isTime(dtype)} options={options} choice={choice} />
      ) : null}
      {look === 'heat' ? <HeatTools shape={shape} options={options} choice={choice} /> : null}
      {look === 'image' ? <ImageTools options={options} choice={choice} shape={shape} /> : null}
    </div>
  )
}

interface PartChoiceProps {
  readonly part: ComplexPart
  readonly options: PictureOptions
}

export function PartChoice({ part, options }: PartChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Part of the complex numbers"
      data={complexParts.map((one) => ({ value: one, label: partTitles[one] }))}
      value={part}
      onChange={(next) => options.set({ part: next })}
    />
  )
}

type LookToolsProps = Pick<ToolsProps, 'shape' | 'options' | 'choice'>

interface LineToolsProps extends Pick<LookToolsProps, 'shape' | 'options'> {
  readonly choice: { readonly shown: readonly number[] }
  /** Times have no logarithm. */
  readonly isTime: boolean
}

export function LineTools({ shape, isTime: isOfTime, options, choice }: LineToolsProps) {
  return (
    <>
      {shape.length > 1 ? (
        <AxisChoice
          label="Along"
          shape={shape}
          axis={choice.shown[0]!}
          onAxis={(axis) => options.set({ from: '', to: '', axes: String(axis) })}
        />
      ) : null}
      {isOfTime ? null : <Toggle name="log" label="Log y" options={options} />}
      <Toggle name="points" label="Points" options={options} />
    </>
  )
}

function HeatTools({ shape, options, choice: { shown } }: LookToolsProps) {
  const [rows = 0, columns = 1] = shown
  const choose = (next: readonly [number, number]): void =>
    options.set({ rows: '', columns: '', axes: next.join(',') })
  return (
    <>
      {shape.length > 2 ? (
        <>
          <AxisChoice
            label="Down"
            shape={shape}
            axis={rows}
            onAxis={(axis) => choose(axis === columns ? [columns, rows] : [axis, columns])}
          />
          <AxisChoice
            label="Across"
            shape={shape}
            axis={columns}
            onAxis={(axis) => choose(axis === rows ? [columns, rows] : [rows, axis])}
          />
        </>
      ) : null}
      <Toggle name="clip" label="Clip 1 %" options={options} />
      <Toggle name="log" label="Log" options={options} />
      <NativeSelect
        size="xs"
        aria-label="Colours"
        value={options.get('colors') ?? ''}
        onChange={(event) => options.set({ colors: event.currentTarget.value })}
        data={[
          { value: '', label: 'Auto colours' },
          { value: 'sequential', label: 'Dark to light' },
          { value: 'diverging', label: 'Around 0' },
        ]}
      />
    </>
  )
}

const layoutTitles: Readonly<Record<ChannelAxis, string>> = {
  none: 'Grey',
  last: 'Colours last',
  first: 'Colours first',
}

function ImageTools({ options, choice: { layouts, channels } }: LookToolsProps) {
  return (
    <>
      {layouts.length > 1 ? (
        <NativeSelect
          size="xs"
          aria-label="Where the colours are"
          value={channels}
          onChange={(event) => options.set({ channels: event.currentTarget.value, rows: '', columns: '' })}
          data={layouts.map((layout) => ({ value: layout, label: layoutTitles[layout] }))}
        />
      ) : null}
      <Toggle name="fit" on="smooth" label="Smooth" options={options} />
      {channels === 'none' ? null : <Toggle name="order" on="bgr" label="BGR" options={options} />}
    </>
  )
}

interface ToggleProps {
  name: string
  label: string
  options: PictureOptions
  on?: string
}

function Toggle({ name, label, options, on = '1' }: ToggleProps) {
  return (
    <Switch
      size="xs"
      label={label}
      checked={options.get(name) === on}
      onChange={(event) => options.set({ [name]: event.currentTarget.checked ? on : '' })}
    />
  )
}
