import { queryOptions } from '@tanstack/react-query'
import type { ExportFormat, Frame, ImageHeader, LineHeader, PlaneHeader } from '../../shared/api/pictures.ts'
import { decodeFrame } from '../../shared/api/pictures.ts'
import type { ValueAddress } from './queries.ts'
import { address, request } from './request.ts'

export type PictureParameters = Record<string, string | number | undefined>

export async function callFrame<Header>(
  name: 'line' | 'plane' | 'image' | 'spy' | 'atoms',
  { store, key, path }: ValueAddress,
  parameters: PictureParameters,
  signal: AbortSignal,
): Promise<Frame<Header>> {
  const response = await request(address(['stores', store, 'entries', key, name], { path, ...parameters }), {
    signal,
  })
  return decodeFrame<Header>(await response.arrayBuffer())
}

export function pictureQuery<Answer>(
  name: string,
  { store, key, revision, path }: ValueAddress,
  parameters: PictureParameters | readonly PictureParameters[],
  ask: (signal: AbortSignal) => Promise<Answer>,
) {
  return queryOptions({
    queryKey: [name, store, key, revision, path, parameters],
    queryFn: ({ signal }) => ask(signal),
    // A zoom draws over what was there before.
    placeholderData: (before, query) =>
      query?.queryKey[2] === key && query.queryKey[4] === path ? before : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  })
}

/** The lines of one picture. */
export function linesQuery(value: ValueAddress, lines: readonly PictureParameters[]) {
  return pictureQuery('lines', value, lines, (signal) =>
    Promise.all(lines.map((line) => callFrame<LineHeader>('line', value, line, signal))),
  )
}

export function planeQuery(value: ValueAddress, parameters: PictureParameters) {
  return pictureQuery('plane', value, parameters, (signal) =>
    callFrame<PlaneHeader>('plane', value, parameters, signal),
  )
}

export function imageQuery(value: ValueAddress, parameters: PictureParameters) {
  return pictureQuery('image', value, parameters, (signal) =>
    callFrame<ImageHeader>('image', value, parameters, signal),
  )
}

/** Cuts `[0, count)` into so many spans. */
function spansOf(count: number, parts: number): (readonly [number, number])[] {
  const edge = (i: number): number => Math.floor((i * count) / parts)
  return Array.from({ length: parts }, (_, i) => [edge(i), edge(i + 1)] as const)
}

/** A line without sampling, part by part, so that other questions get their turn. `onProgress`: the share that is done. */
export async function wholeLine(
  value: ValueAddress,
  parameters: PictureParameters,
  sample: LineHeader,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Frame<LineHeader>> {
  const parts: Frame<LineHeader>[] = []
  const spans = spansOf(sample.buckets, sample.parts ?? 1)
  for (const [from, to] of spans) {
    parts.push(await callFrame<LineHeader>('line', value, { ...parameters, part: `${from}:${to}` }, signal))
    onProgress(parts.length / spans.length)
  }
  const header: LineHeader = { ...sample, ...sumsOf(parts), part: [0, sample.buckets], parts: undefined }
  const arrays: Record<string, Float64Array> = {}
  for (const name of ['mean', 'min', 'max', 'x']) {
    if (parts.some((part) => !part.arrays[name])) continue
    arrays[name] = new Float64Array(sample.buckets)
    for (const part of parts) arrays[name].set(part.arrays[name]!, part.header.part[0])
  }
  return { header, arrays }
}

/** A plane without sampling, as `wholeLine`. */
export async function wholePlane(
  value: ValueAddress,
  parameters: PictureParameters,
  sample: PlaneHeader,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Frame<PlaneHeader>> {
  const isByRows = sample.slowAxis === 'rows'
  const [from, to] = isByRows ? sample.rows : sample.columns
  const slow = Math.min(to - from, Number(isByRows ? parameters['height'] : parameters['width']))
  const parts: Frame<PlaneHeader>[] = []
  const spans = spansOf(slow, sample.parts ?? 1)
  for (const [start, end] of spans) {
    parts.push(
      await callFrame<PlaneHeader>('plane', value, { ...parameters, part: `${start}:${end}` }, signal),
    )
    onProgress(parts.length / spans.length)
  }
  const [first] = parts
  const height = isByRows ? slow : (first?.header.height ?? 0)
  const width = isByRows ? (first?.header.width ?? 0) : slow
  const arrays: Record<string, Float64Array> = {}
  for (const name of ['mean', 'min', 'max']) arrays[name] = new Float64Array(height * width)
  for (const { header, arrays: piece } of parts) {
    for (const [name, target] of Object.entries(arrays)) {
      const numbers = piece[name] ?? piece['mean']!
      for (let y = 0; y < header.height; y++) {
        const line = numbers.subarray(y * header.width, (y + 1) * header.width)
        if (isByRows) target.set(line, (y + header.part[0]) * width)
        else target.set(line, y * width + header.part[0])
      }
    }
  }
  const least = Math.min(...parts.map(({ header }) => header.least ?? Infinity))
  const greatest = Math.max(...parts.map(({ header }) => header.greatest ?? -Infinity))
  const sums = { ...sumsOf(parts), part: [0, slow] as [number, number], parts: undefined, height, width }
  const range = Number.isFinite(least) ? { least, greatest } : {}
  return { header: { ...sample, ...sums, ...range }, arrays }
}

function sumsOf(parts: readonly Frame<LineHeader | PlaneHeader>[]) {
  const sum = (name: 'elements' | 'looked' | 'nan' | 'infinite'): number =>
    parts.reduce((total, { header }) => total + header[name], 0)
  return { elements: sum('elements'), looked: sum('looked'), nan: sum('nan'), infinite: sum('infinite') }
}

export function exportAddress({ store, key, path }: ValueAddress, as: ExportFormat): string {
  return `/api/${address(['stores', store, 'entries', key, 'export'], { path, as })}`
}
