import type { Overview, OverviewMark } from '../../../shared/api/overview.ts'
import { countOf, formatBytes } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { functionName } from './mark-words.ts'
import { MarkLink } from './MarkLink.tsx'
import classes from './Overview.module.css'
import { treemap, type Tile } from './treemap.ts'
import { useRoving } from '../../ui/use-roving.ts'
import { useSize } from '../../ui/use-size.ts'

interface Piece {
  readonly id: string
  readonly mark: OverviewMark
  readonly name: string
  readonly title: string
  readonly tile: Tile
  /** Number of the function's colour; −1: the rest. */
  readonly hue: number
  readonly isPart: boolean
}

const gap = 2
const headHeight = 36
/** A size is shown whole or not at all: cut, it would be another number. */
const sizeWidth = 68
const hues = 10

/** Bytes as areas: functions, and in them their versions. */
export function Treemap({ overview, tell }: { overview: Overview; tell: (words?: string) => void }) {
  const [frame, { width }] = useSize()
  const { group, tabIndex } = useRoving()
  const height = 290
  const pieces = width === 0 ? [] : piecesOf(overview, { x: 0, y: 0, width, height })
  return (
    <div
      ref={frame}
      className={classes.treemap}
      style={{ height }}
      {...group}
      aria-label="Bytes by function and version"
    >
      {pieces.map(({ id, mark, name, title, tile, hue, isPart }, i) => (
        <MarkLink
          key={id}
          mark={mark}
          name={name}
          tell={tell}
          className={classes.tile}
          tabIndex={tabIndex(i, pieces.length)}
          style={{
            left: tile.x,
            top: tile.y,
            width: Math.max(1, tile.width - gap),
            height: Math.max(1, tile.height - gap),
            background: hue < 0 ? 'var(--tile-rest)' : `var(--tile-${hue % hues})`,
          }}
        >
          {tile.width > 48 && tile.height > 22 ? (
            <span className={classes.tileText} data-part={isPart || undefined}>
              <b>{title}</b>
              {tile.width > sizeWidth && (tile.height > 38 || isPart) ? (
                <span>{formatBytes(mark.bytes)}</span>
              ) : null}
            </span>
          ) : null}
        </MarkLink>
      ))}
    </div>
  )
}

function piecesOf({ functions, otherFunctions, functionCount }: Overview, frame: Tile): Piece[] {
  const rest = otherFunctions && {
    mark: otherFunctions,
    name: countOf(
      functionCount - functions.filter(({ func }) => func !== undefined).length,
      'other function',
    ),
  }
  const shown = functions.filter(({ bytes }) => bytes > 0)
  // The rest may weigh more than the last of the shown ones, and the layout wants them in order.
  const weighed = [
    ...shown.map((own, hue) => ({ own, hue, bytes: own.bytes })),
    ...(rest && rest.mark.bytes > 0 ? [{ own: undefined, hue: -1, bytes: rest.mark.bytes }] : []),
  ].toSorted((a, b) => b.bytes - a.bytes)
  const tiles = treemap(
    weighed.map(({ bytes }) => bytes),
    frame,
  )
  return weighed.flatMap(({ own, hue }, i): Piece[] => {
    const tile = tiles[i]!
    if (own === undefined)
      return [{ id: 'rest', mark: rest!.mark, name: rest!.name, title: rest!.name, tile, hue, isPart: false }]
    return functionPieces(own, tile, hue)
  })
}

function functionPieces(own: Overview['functions'][number], tile: Tile, hue: number): Piece[] {
  const name = functionName(own)
  const id = JSON.stringify([own.func, own.module])
  const title = own.func === undefined ? name : visibleText(own.func)
  const whole = { id, mark: own, name, title, hue, isPart: false }
  const versions = [
    ...own.versions.map((mark) => ({
      mark,
      title: mark.version === undefined ? 'no version' : visibleText(mark.version),
    })),
    ...(own.otherVersions ? [{ mark: own.otherVersions, title: 'other versions' }] : []),
  ]
    .filter(({ mark }) => mark.bytes > 0)
    .toSorted((a, b) => b.mark.bytes - a.mark.bytes)
  if (versions.length < 2 || tile.width < 90 || tile.height < headHeight + 40) return [{ ...whole, tile }]
  const inner = { ...tile, y: tile.y + headHeight, height: tile.height - headHeight }
  const tiles = treemap(
    versions.map(({ mark }) => mark.bytes),
    inner,
  )
  return [
    { ...whole, tile: { ...tile, height: headHeight + gap } },
    ...versions.map(({ mark, title: version }, i) => ({
      id: `${id} ${version}`,
      mark,
      name: `${name}, version ${version}`,
      title: version,
      tile: tiles[i]!,
      hue,
      isPart: true,
    })),
  ]
}
