import type { ExportFormat } from '../../../shared/api/pictures.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { Export } from './export.ts'
import { exportOf } from './export.ts'

/** About so many bytes are handed out at once. */
const pieceBytes = 1 << 20
/** Whoever does not go on for so long has gone away. */
const idleMs = 120_000
const mostSessions = 16

interface Session {
  readonly store: string
  readonly document: Document
  readonly pieces: Iterator<string | Uint8Array>
  timer: ReturnType<typeof setTimeout>
}

const encoder = new TextEncoder()

/** Exports under way: each holds its document open until it was taken to its end, given up or forgotten. */
export class ExportSessions {
  readonly #sessions = new Map<string, Session>()
  #started = 0

  /** Takes the document over. Throws what `exportOf` throws. */
  start(store: string, document: Document, key: string, path: readonly number[], as: ExportFormat): string {
    let pieces: Export
    try {
      if (this.#sessions.size >= mostSessions)
        throw new AppError(
          'REFUSED',
          `${mostSessions} exports are under way; wait until one of them is done.`,
        )
      pieces = exportOf(document, key, path, as)
    } catch (error) {
      document[Symbol.dispose]()
      throw error
    }
    const id = String(++this.#started)
    const timer = this.#idleTimer(id)
    this.#sessions.set(id, { store, document, pieces: pieces[Symbol.iterator](), timer })
    return id
  }

  /** The next bytes; `undefined` at the end, which ends the session. */
  next(id: string): Uint8Array | undefined {
    const session = this.#sessions.get(id)
    if (!session)
      throw new AppError(
        'CANCELLED',
        'This export has ended (its cache was closed, or nobody took it); start it again.',
      )
    clearTimeout(session.timer)
    session.timer = this.#idleTimer(id)
    try {
      const bytes = gather(session.pieces)
      if (!bytes) this.end(id)
      return bytes
    } catch (error) {
      this.end(id)
      throw error
    }
  }

  end(id: string): void {
    const session = this.#sessions.get(id)
    if (!session) return
    this.#sessions.delete(id)
    clearTimeout(session.timer)
    session.document[Symbol.dispose]()
  }

  /** Ends all exports of a store. */
  forget(store: string): void {
    for (const [id, session] of this.#sessions) if (session.store === store) this.end(id)
  }

  #idleTimer(id: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.end(id), idleMs).unref()
  }
}

function gather(pieces: Iterator<string | Uint8Array>): Uint8Array | undefined {
  const parts: Uint8Array[] = []
  let length = 0
  while (length < pieceBytes) {
    const next = pieces.next()
    if (next.done) break
    const part = typeof next.value === 'string' ? encoder.encode(next.value) : next.value
    parts.push(part)
    length += part.length
  }
  if (length === 0) return undefined
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
