import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { AtomsHeader } from '../../../shared/api/atoms.ts'
import type { Frame } from '../../../shared/api/pictures.ts'
import { atomsQuery, tableQuery, xyzText } from '../../client/kinds.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { useCopied } from '../../ui/clipboard.ts'
import { countOf, formatCount, formatFigure } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import arrayClasses from './ArrayView.module.css'
import { elementColor } from './elements.ts'
import { ExportMenu } from './ExportMenu.tsx'
import { NodeName } from './NodeHead.tsx'
import classes from './Picture.module.css'
import { usePictureOptions, type PictureOptions } from './picture-place.ts'
import { RowField } from './RowField.tsx'
import { bondsOf } from './structure-bonds.ts'
import { sceneOf } from './structure-scene.ts'
import { axisTurns, parseTurn, startTurn, turnText, type Turn } from './structure-turn.ts'
import { StructureCanvas } from './StructureCanvas.tsx'
import { TableGrid } from './TableGrid.tsx'
import type { TableViewProps } from './TableView.tsx'

type AtomsFrame = Frame<AtomsHeader>

/** A structure of atoms: as balls to be turned, its cell, and its atoms as a table. */
export function AtomsView({ value, node, isNamed }: TableViewProps) {
  const options = usePictureOptions(value)
  const [row, setRow] = useState<number>()
  const { data, error } = useQuery(atomsQuery(value))
  const { data: head } = useQuery(tableQuery(value))
  if (error) return <ErrorState title="The structure cannot be shown" error={error} />
  if (!data) return <Waiting what="Reading the atoms…" />
  const { header } = data
  return (
    <section className={arrayClasses.view} aria-label={`${node.type} ${header.formula}`}>
      <div className={arrayClasses.header}>
        {isNamed ? <NodeName label={node.label} /> : null}
        <TypeBadge type={node.type} family="object" />
        <code>{visibleText(header.formula) || 'no atoms'}</code>
        {head && head.rows > 0 ? <RowField rows={head.rows} onRow={setRow} /> : null}
        <span className={arrayClasses.size}>
          {countOf(header.count, 'atom')}
          {header.count > 0 ? <CopyXyz value={value} count={header.count} /> : null}
          <ExportMenu value={value} formats={['xyz', 'csv', 'json']} hasPicture={header.count > 0} />
        </span>
      </div>
      <CellFacts header={header} />
      {header.count === 0 && !header.cell ? (
        <div className={classes.none}>There are no atoms in it.</div>
      ) : (
        <Structure frame={data} options={options} />
      )}
      {head && head.rows > 0 ? <TableGrid value={value} head={head} row={row} drawn={undefined} /> : null}
    </section>
  )
}

function CellFacts({ header: { cell, periodic } }: { readonly header: AtomsHeader }) {
  if (!cell) return null
  const axes = ['a', 'b', 'c'].filter((_, axis) => periodic?.[axis])
  return (
    <dl className={classes.facts}>
      {['a', 'b', 'c'].map((name, axis) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={`(${cell.vectors.slice(3 * axis, 3 * axis + 3).join(', ')})`}>
            {formatFigure(cell.lengths[axis]!)} Å
          </dd>
        </div>
      ))}
      {['α', 'β', 'γ'].map((name, axis) => {
        const angle = cell.angles[axis]
        return angle === null || angle === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatFigure(angle)}°</dd>
          </div>
        )
      })}
      <div>
        <dt>volume</dt>
        <dd>{formatFigure(cell.volume)} Å³</dd>
      </div>
      <div>
        <dt>periodic</dt>
        <dd>{axes.length === 0 ? 'no' : `along ${axes.join(', ')}`}</dd>
      </div>
    </dl>
  )
}

function Structure({ frame, options }: { readonly frame: AtomsFrame; readonly options: PictureOptions }) {
  const { header, arrays } = frame
  const [chosen, setChosen] = useState<number>()
  const isSampled = header.shown < header.count
  const scene = useMemo(() => {
    const [positions, numbers] = [arrays['positions']!, arrays['numbers']!]
    const bonds = isSampled ? undefined : bondsOf(positions, numbers)
    return { ...sceneOf(positions, numbers, header.cell, bonds ?? noBonds), hasBonds: bonds !== undefined }
  }, [arrays, header.cell, isSampled])
  const setTurn = (turn: Turn | undefined): void => options.set({ turn: turn && turnText(turn) })
  const note = isSampled
    ? `every ${formatCount(Math.round(header.count / header.shown))}th atom is shown, without bonds`
    : scene.hasBonds
      ? ''
      : 'too many bonds to draw'
  return (
    <>
      <div className={classes.tools} role="group" aria-label="Picture">
        <Button.Group>
          {(['x', 'y', 'z'] as const).map((axis) => (
            <Button
              key={axis}
              size="compact-xs"
              aria-label={`Look along ${axis}`}
              onClick={() => setTurn(axisTurns[axis])}
            >
              {axis}
            </Button>
          ))}
        </Button.Group>
        <Switch
          size="xs"
          label="Space filling"
          checked={options.get('balls') === 'filled'}
          onChange={(event) => options.set({ balls: event.currentTarget.checked ? 'filled' : undefined })}
        />
        <Legend header={header} />
      </div>
      <div className={classes.picture} data-ground>
        <StructureCanvas
          scene={scene}
          label={`Structure of ${countOf(header.shown, 'atom')}: ${header.formula}`}
          turn={parseTurn(options.get('turn')) ?? startTurn}
          isFilled={options.get('balls') === 'filled'}
          chosen={chosen}
          onTurn={setTurn}
          onChosen={setChosen}
        />
        <div className={classes.caption}>
          <span className={classes.readOut} aria-live="polite">
            {chosen === undefined ? 'drag to turn, wheel to zoom' : <ReadOut frame={frame} atom={chosen} />}
          </span>
          {note === '' ? null : (
            <span className={classes.sample} role="status">
              {note}
            </span>
          )}
        </div>
      </div>
    </>
  )
}

const noBonds = new Uint32Array(0)
const mostLegend = 8

function Legend({ header: { elements } }: { readonly header: AtomsHeader }) {
  return (
    <span className={classes.legend}>
      {elements.slice(0, mostLegend).map(({ number, symbol, count }) => (
        <span key={number} title={countOf(count, 'atom')}>
          <i style={{ background: `rgb(${elementColor(number).join(' ')})` }} />
          {symbol}
        </span>
      ))}
      {elements.length > mostLegend ? '…' : ''}
    </span>
  )
}

function ReadOut({ frame: { header, arrays }, atom }: { readonly frame: AtomsFrame; readonly atom: number }) {
  const index = arrays['index']![atom] ?? atom
  const number = arrays['numbers']![atom]
  const symbol = header.elements.find((element) => element.number === number)?.symbol ?? ''
  const place = [0, 1, 2].map((axis) => formatFigure(arrays['positions']![3 * atom + axis]!))
  return (
    <>
      <b>
        {symbol} [{formatCount(index)}]
      </b>
      <span>({place.join(', ')}) Å</span>
    </>
  )
}

/** More text than anybody pastes: it is saved as a file. */
const mostCopied = 50_000

function CopyXyz({ value, count }: { readonly value: ValueAddress; readonly count: number }) {
  const { isCopied, copy } = useCopied()
  if (count > mostCopied) return null
  return (
    <Tooltip label={isCopied ? 'Copied' : 'Copy as XYZ'}>
      <ActionIcon size={20} aria-label="Copy as XYZ" onClick={() => void xyzText(value).then(copy)}>
        {isCopied ? <IconCheck size={13} color="var(--ok)" /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}
