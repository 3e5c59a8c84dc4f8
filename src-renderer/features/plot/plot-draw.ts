import type { Points } from '../../../shared/api/points.ts'
import type { Scale } from '../../ui/plot/scale.ts'
import type { Palette, PlotInks } from './plot-colors.ts'
import { paletteOf } from './plot-colors.ts'
import type { Field, Mark, Marks } from './plot-marks.ts'

export interface Picture {
  readonly points: Points
  readonly marks: Marks
  readonly x: Scale
  readonly y: Scale
  readonly field: Field
  readonly width: number
  readonly height: number
  readonly inks: PlotInks
  readonly titles: { readonly x: string; readonly y: string }
}

const font = '11px Inter, system-ui, sans-serif'
const fullCircle = 2 * Math.PI
/** A cell with one entry among thousands is still seen. */
const leastOpacity = 0.25
const bandOpacity = 0.16

/** Room for ticks and titles: as wide as the longest text of the y axis. */
export function fieldOf(width: number, height: number, y: Scale): Field {
  const longest = Math.max(4, ...y.ticks.map(({ text }) => text.length))
  const left = Math.min(120, 30 + longest * 6.3)
  return { left, top: 12, width: Math.max(10, width - left - 16), height: Math.max(10, height - 12 - 40) }
}

/** Draws all but what the pointer does. */
export function drawPicture(pen: CanvasRenderingContext2D, picture: Picture): void {
  const { width, height, inks, field } = picture
  pen.fillStyle = inks.panel
  pen.fillRect(0, 0, width, height)
  drawAxes(pen, picture)
  pen.save()
  pen.beginPath()
  pen.rect(field.left - 6, field.top - 6, field.width + 12, field.height + 12)
  pen.clip()
  const palette = paletteOf(picture.points.color, inks)
  if (picture.points.points) drawPoints(pen, picture, palette)
  else if (picture.points.bins) drawCells(pen, picture, palette)
  else drawLines(pen, picture, palette)
  pen.restore()
}

function drawAxes(pen: CanvasRenderingContext2D, { x, y, field, inks, titles, height }: Picture): void {
  const { left, top } = field
  const bottom = top + field.height
  pen.font = font
  pen.strokeStyle = inks.line
  pen.lineWidth = 1
  pen.fillStyle = inks.dim
  pen.beginPath()
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  let free = Number.NEGATIVE_INFINITY
  for (const { at, text } of x.ticks) {
    const place = Math.round(left + x.share(at) * field.width) + 0.5
    pen.moveTo(place, top)
    pen.lineTo(place, bottom)
    const half = pen.measureText(text).width / 2
    if (place - half < free) continue
    pen.fillText(text, place, bottom + 7)
    free = place + half + 10
  }
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  for (const { at, text } of y.ticks) {
    const place = Math.round(top + (1 - y.share(at)) * field.height) + 0.5
    pen.moveTo(left, place)
    pen.lineTo(left + field.width, place)
    pen.fillText(text, left - 8, place)
  }
  pen.stroke()
  pen.fillStyle = inks.text
  pen.textAlign = 'center'
  pen.textBaseline = 'alphabetic'
  pen.fillText(cut(pen, titles.x, field.width), left + field.width / 2, height - 5)
  pen.save()
  pen.translate(11, top + field.height / 2)
  pen.rotate(-Math.PI / 2)
  pen.fillText(cut(pen, titles.y, field.height), 0, 0)
  pen.restore()
}

function cut(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text
  let length = text.length
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > width) length--
  return `${text.slice(0, length)}…`
}

/** So many points go into one path for each colour; more at once, and the last colour would lie over all others. */
const pointsAtOnce = 1_000

function drawPoints(pen: CanvasRenderingContext2D, { points, marks }: Picture, palette: Palette): void {
  const { list } = marks
  const radius = list.length > 4_000 ? 2 : list.length > 600 ? 2.75 : 3.75
  const isShaped = points.color?.kind === 'categories'
  pen.globalAlpha = list.length > 4_000 ? 0.6 : 0.82
  for (let from = 0; from < list.length; from += pointsAtOnce) {
    const groups = palette.inks.map((): Mark[] => [])
    for (const mark of list.slice(from, from + pointsAtOnce))
      groups[palette.placeOf(points.points!.colors?.[mark.at])]?.push(mark)
    for (const [place, group] of groups.entries()) {
      pen.beginPath()
      for (const { x, y } of group) addShape(pen, isShaped ? place : 0, x, y, radius)
      pen.fillStyle = palette.inks[place]!
      pen.fill()
    }
  }
  pen.globalAlpha = 1
}

/** Shapes tell categories apart where colours do not. */
function addShape(
  pen: Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo' | 'arc' | 'rect' | 'closePath'>,
  place: number,
  x: number,
  y: number,
  radius: number,
): void {
  switch (place % 4) {
    case 1:
      pen.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8)
      return
    case 2:
      pen.moveTo(x, y - radius * 1.25)
      pen.lineTo(x + radius * 1.15, y + radius * 0.85)
      pen.lineTo(x - radius * 1.15, y + radius * 0.85)
      pen.closePath()
      return
    case 3:
      pen.moveTo(x, y - radius * 1.3)
      pen.lineTo(x + radius * 1.3, y)
      pen.lineTo(x, y + radius * 1.3)
      pen.lineTo(x - radius * 1.3, y)
      pen.closePath()
      return
    default:
      pen.moveTo(x + radius, y)
      pen.arc(x, y, radius, 0, fullCircle)
  }
}

/** The more entries in a cell (by the logarithm), the more of its colour. */
function drawCells(pen: CanvasRenderingContext2D, { points, x, y, field }: Picture, palette: Palette): void {
  const { xCells, yCells, x: xs, y: ys, entries, colors } = points.bins!
  const left = (edge: number): number => field.left + x.share(edge) * field.width
  const top = (edge: number): number => field.top + (1 - y.share(edge)) * field.height
  const full = Math.log1p(entries.reduce((most, each) => Math.max(most, each), 1))
  for (const [i, count] of entries.entries()) {
    const [from, to] = [left(xCells.edges[xs[i]!]!), left(xCells.edges[xs[i]! + 1]!)]
    const [low, high] = [top(yCells.edges[ys[i]!]!), top(yCells.edges[ys[i]! + 1]!)]
    pen.globalAlpha = leastOpacity + (1 - leastOpacity) * (Math.log1p(count) / full)
    pen.fillStyle = palette.inks[palette.placeOf(colors?.[i])] ?? palette.inks[0]!
    pen.fillRect(from, high, Math.max(1, to - from - 0.5), Math.max(1, low - high - 0.5))
  }
  pen.globalAlpha = 1
}

function drawLines(pen: CanvasRenderingContext2D, { points, x, y, field }: Picture, palette: Palette): void {
  const { line } = points
  if (!line) return
  const left = (place: number): number => field.left + x.share(line.x[place]!) * field.width
  const top = (number: number): number => field.top + (1 - y.share(number)) * field.height
  const inkOf = (category: number): string => palette.inks[Math.max(0, category)] ?? palette.inks[0]!
  pen.globalAlpha = bandOpacity
  for (const { category, at, least, greatest } of line.series) {
    pen.beginPath()
    for (const [i, place] of at.entries()) pen.lineTo(left(place), top(greatest[i]!))
    for (let i = at.length - 1; i >= 0; i--) pen.lineTo(left(at[i]!), top(least[i]!))
    pen.fillStyle = inkOf(category)
    pen.fill()
  }
  pen.globalAlpha = 1
  pen.lineJoin = 'round'
  for (const { category, at, mean } of line.series) {
    pen.beginPath()
    for (const [i, place] of at.entries()) pen.lineTo(left(place), top(mean[i]!))
    pen.lineWidth = 1.75
    pen.strokeStyle = inkOf(category)
    pen.stroke()
    if (at.length > 80) continue
    pen.beginPath()
    for (const [i, place] of at.entries())
      addShape(pen, Math.max(0, category), left(place), top(mean[i]!), 2.75)
    pen.fillStyle = inkOf(category)
    pen.fill()
  }
}

/** The mark that is pointed at, that of the entry in the inspector, and the box that is drawn. */
export function drawPointer(
  pen: CanvasRenderingContext2D,
  { width, height, inks }: Pick<Picture, 'width' | 'height' | 'inks'>,
  { mark, entry }: { readonly mark: Mark | undefined; readonly entry: Mark | undefined },
  box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number } | undefined,
): void {
  pen.clearRect(0, 0, width, height)
  for (const [ringed, ink] of [
    [entry, inks.accent],
    [mark, inks.text],
  ] as const) {
    if (!ringed) continue
    pen.beginPath()
    pen.arc(ringed.x, ringed.y, 7, 0, fullCircle)
    pen.strokeStyle = ink
    pen.lineWidth = 2
    pen.stroke()
  }
  if (!box) return
  const [left, top] = [Math.min(box.x0, box.x1), Math.min(box.y0, box.y1)]
  pen.globalAlpha = 0.14
  pen.fillStyle = inks.accent
  pen.fillRect(left, top, Math.abs(box.x1 - box.x0), Math.abs(box.y1 - box.y0))
  pen.globalAlpha = 1
  pen.strokeStyle = inks.accent
  pen.lineWidth = 1
  pen.strokeRect(left + 0.5, top + 0.5, Math.abs(box.x1 - box.x0), Math.abs(box.y1 - box.y0))
}
