import { SegmentedControl, useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Frame } from '../../../shared/api/pictures.ts'
import type { SpyHeader } from '../../../shared/api/sparse.ts'
import { spyQuery } from '../../client/kinds.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { countOf, formatCount, formatFigure } from '../../ui/format.ts'
import { ErrorState } from '../../ui/States.tsx'
import { ImageCanvas, pixelSpan, type Cell } from './ImageCanvas.tsx'
import classes from './Picture.module.css'
import type { PictureOptions } from './picture-place.ts'
import { sampleText, spanText } from './picture-words.ts'
import { ScaleBar } from './ScaleBar.tsx'
import { densityPixels, meanPixels } from './spy-color.ts'

export interface SpyPictureProps {
  readonly value: ValueAddress
  readonly options: PictureOptions
}

type SpyFrame = Frame<SpyHeader>

const mostCells = 400
const flattest = 4
const steepest = 0.5

/** Where the elements of a sparse matrix are: zoomed by wheel, by dragging and by keys. */
export function SpyPicture({ value, options }: SpyPictureProps) {
  const question = {
    rows: options.get('rows'),
    columns: options.get('columns'),
    width: mostCells,
    height: mostCells,
  }
  const { data, error } = useQuery(spyQuery(value, question))
  if (error) return <ErrorState title="The matrix cannot be drawn" error={error} />
  if (!data) return <div className={classes.waiting} aria-busy style={{ height: 260 }} />
  const { header } = data
  return (
    <>
      <Figures header={header} />
      {header.width === 0 || header.height === 0 ? (
        <div className={classes.none}>The matrix has no elements.</div>
      ) : (
        <Spy frame={data} options={options} />
      )}
    </>
  )
}

function Figures({ header }: { readonly header: SpyHeader }) {
  const { shape, stored, zeros, nan, least, greatest, mean, inside } = header
  const size = shape[0] * shape[1]
  const figures = [
    ['density', size === 0 ? '0' : `${formatFigure((100 * stored) / size)} %`],
    ['min', least === undefined ? '' : formatFigure(least)],
    ['max', greatest === undefined ? '' : formatFigure(greatest)],
    ['mean', mean === undefined ? '' : formatFigure(mean)],
    ['stored zeros', zeros === 0 ? '' : formatCount(zeros)],
    ['nan', nan === 0 ? '' : formatCount(nan)],
    ['here', inside === stored ? '' : formatCount(inside)],
  ].filter(([, text]) => text !== '')
  return (
    <dl className={classes.facts}>
      {figures.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

function Spy({ frame, options }: { readonly frame: SpyFrame; readonly options: PictureOptions }) {
  const { header, arrays } = frame
  const scheme = useComputedColorScheme()
  const [cursor, setCursor] = useState<Cell>()
  const isOfValues = options.get('spy') === 'values'
  const { rows, columns, shape, height, width } = header
  const drawn = useMemo(() => {
    const cells = { counts: arrays['counts']!, means: arrays['means']!, width }
    const density = densityPixels(cells, scheme)
    return (isOfValues ? meanPixels(cells) : undefined) ?? { ...density, range: undefined }
  }, [arrays, width, isOfValues, scheme])
  const ratio = Math.min(flattest, Math.max(steepest, (columns[1] - columns[0]) / (rows[1] - rows[0])))
  const sample = sampleText(header)
  return (
    <>
      <div className={classes.tools} role="group" aria-label="Picture">
        <SegmentedControl
          size="xs"
          aria-label="What the colours are"
          data={[
            { value: 'density', label: 'Where' },
            { value: 'values', label: 'Values' },
          ]}
          value={isOfValues ? 'values' : 'density'}
          onChange={(spy) => options.set({ spy: spy === 'values' ? spy : undefined })}
        />
      </div>
      <div className={classes.picture} data-ground>
        <ImageCanvas
          raster={{ pixels: drawn.pixels, width, height, rows, columns, shape }}
          label={`Spy plot of ${formatCount(rows[1] - rows[0])} × ${formatCount(columns[1] - columns[0])}, ${countOf(header.inside, 'element')} stored`}
          ratio={ratio}
          isSmooth={false}
          cursor={cursor}
          onCursor={setCursor}
          onWindow={(window) =>
            options.set({ rows: window?.rows.join(':'), columns: window?.columns.join(':') })
          }
        />
        {drawn.range ? <ScaleBar range={drawn.range} isLog={false} unit="number" isClipped={false} /> : null}
        <div className={classes.caption}>
          <span className={classes.readOut} aria-live="polite">
            {cursor && cursor.x < width && cursor.y < height ? (
              <ReadOut frame={frame} cell={cursor} />
            ) : (
              `rows ${spanText(rows)} · columns ${spanText(columns)}`
            )}
          </span>
          {sample === undefined ? null : (
            <span className={classes.sample} role="status">
              {sample}
            </span>
          )}
        </div>
      </div>
    </>
  )
}

function ReadOut({ frame: { header, arrays }, cell }: { readonly frame: SpyFrame; readonly cell: Cell }) {
  const { rows, columns, width, height, looked, elements } = header
  const at = cell.y * width + cell.x
  const [row, column] = [pixelSpan(rows, height, cell.y), pixelSpan(columns, width, cell.x)]
  const count = Math.round(arrays['counts']![at]!)
  const mean = arrays['means']![at]!
  const isOne = row[1] - row[0] === 1 && column[1] - column[0] === 1
  return (
    <>
      <b>
        [{spanText(row)}, {spanText(column)}]
      </b>
      <span>
        {count === 0
          ? 'nothing stored'
          : isOne && count === 1
            ? ''
            : `${looked < elements ? 'about ' : ''}${formatCount(count)} stored, mean `}
        {count === 0 ? '' : Number.isNaN(mean) ? 'nan' : formatFigure(mean)}
      </span>
    </>
  )
}
