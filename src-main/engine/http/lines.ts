import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { AppError, toAppError } from '../../../shared/model/errors.ts'

export interface LinesOptions<Message> {
  /** Starts what tells its messages through the port, and takes any message that comes in as a wish to end. */
  readonly run: (port: MessagePort, signal: AbortSignal) => Promise<unknown>
  /** The line for a message. */
  readonly lineOf: (message: Message) => unknown
}

/** One line of JSON for each message of a worker, `{ type: 'error', … }` where it fails. A reader that leaves ends it. */
export function linesResponse<Message>({ run, lineOf }: LinesOptions<Message>): Response {
  const encoder = new TextEncoder()
  const { port1: own, port2: port } = new MessageChannel()
  const leaving = new AbortController()
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const say = (line: unknown): void => {
        if (!leaving.signal.aborted) controller.enqueue(encoder.encode(JSON.stringify(line) + '\n'))
      }
      own.on('message', (message: Message) => say(lineOf(message)))
      const isRead = new Promise((resolve) => own.once('close', resolve))
      run(port, leaving.signal)
        // The port closes behind its last message.
        .then(() => isRead)
        .catch((thrown: unknown) => {
          const { code, message } = toAppError(thrown)
          say({ type: 'error', code, message })
        })
        .finally(() => {
          own.close()
          if (!leaving.signal.aborted) controller.close()
        })
    },
    cancel() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
      own.postMessage('cancel')
      leaving.abort(new AppError('CANCELLED', 'The request was cancelled.'))
    },
  })
  return new Response(stream, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}
