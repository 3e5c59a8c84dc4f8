import { openFileSource } from '../../../shared/decode/file-source.ts'
import type { ValueAnswers } from '../workers/value-task.ts'

export interface RawRequest {
  /** Shown key; the name under which a browser saves the bytes. */
  readonly name: string
  /** The request's `Range` header. */
  readonly range: string | undefined
  readonly place: ValueAnswers['place']
  /** Bytes of a value that is in no file. */
  readonly read: (from: number, to: number) => Promise<Uint8Array>
}

const pieceBytes = 1 << 20

/** Stored bytes as a download, whole or one range of them; read piece by piece as the reader takes them. */
export function rawResponse({ name, range, place, read }: RawRequest): Response {
  const { sizeBytes, file } = place
  const asked = range === undefined ? undefined : parseRange(range, sizeBytes)
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-disposition': contentDisposition(name),
    'accept-ranges': 'bytes',
  }
  if (asked === 'unsatisfiable') {
    return new Response(null, {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${sizeBytes}` },
    })
  }
  const [from, to] = asked ?? [0, sizeBytes]
  headers['content-length'] = String(to - from)
  if (asked) headers['content-range'] = `bytes ${from}-${to - 1}/${sizeBytes}`
  const body = file
    ? fileStream(file.path, file.offset + from, file.offset + to)
    : pulledStream(read, from, to)
  return new Response(body, { status: asked ? 206 : 200, headers })
}

/** One range of `bytes=`; several, or other units, are answered with the whole, as RFC 9110 allows. */
export function parseRange(
  header: string,
  sizeBytes: number,
): [from: number, to: number] | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const count = Math.min(Number(last), sizeBytes)
    return count === 0 ? 'unsatisfiable' : [sizeBytes - count, sizeBytes]
  }
  const from = Number(first)
  const to = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (last !== '' && Number(last) < from) return undefined
  return from >= sizeBytes ? 'unsatisfiable' : [from, to]
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8. */
export function contentDisposition(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_').slice(0, 150)
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => '%' + sign.codePointAt(0)!.toString(16).toUpperCase(),
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function fileStream(path: string, from: number, to: number): ReadableStream<Uint8Array> {
  const source = openFileSource(path)
  let at = from
  const end = (): void => source[Symbol.dispose]()
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const bytes = at < to ? source.read(at, Math.min(pieceBytes, to - at)) : new Uint8Array(0)
        at += bytes.length
        if (bytes.length > 0) controller.enqueue(bytes)
        if (bytes.length === 0 || at >= to) {
          end()
          controller.close()
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}

function pulledStream(read: RawRequest['read'], from: number, to: number): ReadableStream<Uint8Array> {
  let at = from
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = at < to ? await read(at, Math.min(to, at + pieceBytes)) : new Uint8Array(0)
        at += bytes.length
        if (bytes.length > 0) controller.enqueue(bytes)
        if (bytes.length === 0 || at >= to) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}
