import { Hono } from 'hono'
import type { App } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/model/errors.ts'
import { EventHub } from './events.ts'
import { limitBody } from './http/body.ts'
import { errorResponse } from './http/errors.ts'
import { appRoutes } from './routes/app.ts'
import { fileRoutes } from './routes/files.ts'
import { openSettings } from './settings.ts'

export interface EngineOptions {
  /** Folder of what is the program's own: indexes, settings, samples. */
  readonly dataFolder: string
  readonly host: App['host']
  readonly version: string
}

/** The program without a host: an API to be served by whoever wants to. */
export interface Engine extends AsyncDisposable {
  /** Answers `/api/*`. Says nothing about who may ask: that is the host's part. */
  readonly app: Hono
  /** Ends the live event streams, for a host that is about to close. */
  endStreams(): void
  /** Cancels indexing, closes stores and ends the workers. */
  close(): Promise<void>
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const settings = await openSettings(options.dataFolder)
  const events = new EventHub()

  const app = new Hono().basePath('/api')
  app.onError((error) => errorResponse(error))
  app.notFound((context) =>
    errorResponse(
      new AppError('NOT_FOUND', `There is no ${context.req.method} ${context.req.path} in this API.`),
    ),
  )
  app.use(limitBody)
  app.route('/', appRoutes({ ...options, settings }))
  app.route('/files', fileRoutes())
  app.get('/events', () => events.respond([]))

  const close = async (): Promise<void> => {
    events.end()
  }
  return { app, endStreams: () => events.end(), close, [Symbol.asyncDispose]: close }
}
