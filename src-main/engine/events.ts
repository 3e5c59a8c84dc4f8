import type { Connection, ConnectionList, EngineEvent } from '../../shared/api/contract.ts'
import type { Job } from '../../shared/api/jobs.ts'

const deltaGapMs = 100
const heartbeatMs = 15_000
/** A reader that does not read is let go: it starts again with a fresh `hello`. */
const queuedEventsLimit = 1_000

/**
 * The one stream of live things. Each reader gets one `hello` with all connections, then
 * deltas; changes of one connection within 100 ms are one delta, the newest.
 */
export class EventHub {
  readonly #readers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  readonly #encoder = new TextEncoder()
  readonly #pending = new Map<string, Connection>()
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined

  /** Whether anybody listens. */
  get hasReaders(): boolean {
    return this.#readers.size > 0
  }

  /** Tells that a connection has changed. */
  publish(connection: Connection): void {
    this.#pending.set(connection.id, connection)
    if (!this.#timer) this.#flush()
  }

  /** Tells that a job has changed; its progress comes at most five times a second. */
  publishJob(job: Job): void {
    this.#send({ type: 'job', job })
  }

  publishClosed(id: string, stores: ConnectionList): void {
    this.#pending.delete(id)
    this.#send({ type: 'closed', stores })
  }

  /** An answer that streams `hello` and every later event until the reader leaves or `end` is called. */
  respond(stores: ConnectionList): Response {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          own = controller
          this.#readers.add(controller)
          controller.enqueue(this.#encode({ type: 'hello', stores }))
          this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref()
        },
        cancel: () => {
          if (own) this.#leave(own)
        },
      },
      { highWaterMark: queuedEventsLimit },
    )
    return new Response(stream, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    })
  }

  /** Ends every stream. New readers may come later. */
  end(): void {
    for (const reader of this.#readers) {
      this.#leave(reader)
      reader.close()
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending.clear()
  }

  #flush(): void {
    if (this.#pending.size === 0) {
      this.#timer = undefined
      return
    }
    for (const store of this.#pending.values()) this.#send({ type: 'store', store })
    this.#pending.clear()
    this.#timer = setTimeout(() => this.#flush(), deltaGapMs).unref()
  }

  #beat(): void {
    this.#enqueue(this.#encoder.encode(': still here\n\n'))
  }

  #send(event: EngineEvent): void {
    this.#enqueue(this.#encode(event))
  }

  #enqueue(bytes: Uint8Array): void {
    for (const reader of this.#readers) {
      if ((reader.desiredSize ?? 0) > 0) {
        reader.enqueue(bytes)
      } else {
        this.#leave(reader)
        reader.close()
      }
    }
  }

  #leave(reader: ReadableStreamDefaultController<Uint8Array>): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #encode(event: EngineEvent): Uint8Array {
    return this.#encoder.encode(`data: ${JSON.stringify(event)}\n\n`)
  }
}
