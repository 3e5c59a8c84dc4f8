import { createReadStream, existsSync } from 'node:fs'
import { Hono } from 'hono'
import { z } from 'zod'
import {
  emptyRequest,
  item,
  planRequest,
  policy,
  replanRequest,
  type VerifyEvent,
} from '../../../shared/api/jobs.ts'
import { jobFolder } from '../../../shared/jobs/job-file.ts'
import { manifestFile } from '../../../shared/jobs/migrate/manifest.ts'
import { keepRetention, readRetention, type RuledStore } from '../../../shared/jobs/retention.ts'
import { AppError, toAppError } from '../../../shared/model/errors.ts'
import { showKey } from '../../../shared/model/keys.ts'
import type { JobBoard } from '../job-board.ts'
import type { Connections } from '../connections.ts'
import { readBody, validate, wholeNumber } from '../http/validate.ts'

const itemsQuery = z.object({
  from: wholeNumber.default(0),
  to: wholeNumber.default(200),
  state: item.shape.state,
  action: item.shape.action.optional(),
})
const reportItems = 1_000

/** `/jobs` and `/trash`. */
export function jobRoutes(board: JobBoard, dataFolder: string): Hono {
  return new Hono()
    .get('/jobs', async (context) => context.json(await board.list()))
    .post('/jobs', async (context) => context.json(await board.plan(await readBody(context, planRequest))))
    .get('/jobs/:job', async (context) => context.json(await board.get(context.req.param('job'))))
    .get('/jobs/:job/items', async (context) => {
      const query = validate(itemsQuery, context.req.query())
      return context.json(await board.items({ ask: 'items', id: context.req.param('job'), ...query }))
    })
    .post('/jobs/:job/run', async (context) => context.json(await board.run(context.req.param('job'))))
    .post('/jobs/:job/pause', async (context) =>
      context.json(await board.stop(context.req.param('job'), 'pause')),
    )
    .post('/jobs/:job/cancel', async (context) =>
      context.json(await board.stop(context.req.param('job'), 'cancel')),
    )
    .post('/jobs/:job/replan', async (context) =>
      context.json(await board.replan(context.req.param('job'), await readBody(context, replanRequest))),
    )
    .post('/jobs/:job/undo', async (context) => context.json(await board.undo(context.req.param('job'))))
    .delete('/jobs/:job', async (context) => context.json(await board.forget(context.req.param('job'))))
    .get('/jobs/:job/report', async (context) => {
      const id = context.req.param('job')
      const job = await board.get(id)
      return new Response(ReadableStream.from(reportLines(board, id, job)), {
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': `attachment; filename="${job.id}.ndjson"`,
        },
      })
    })
    .get('/jobs/:job/manifest', async (context) => {
      const { id } = await board.get(context.req.param('job'))
      const file = manifestFile(jobFolder(dataFolder, id))
      if (!existsSync(file))
        throw new AppError('NOT_FOUND', `Job ${id} has no manifest: that is made when a migration is done.`)
      return new Response(ReadableStream.from(createReadStream(file)), {
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': `attachment; filename="${id}.manifest.ndjson"`,
        },
      })
    })
    .get('/trash', async (context) => context.json(await board.trash()))
    .post('/trash/empty', async (context) => {
      const { typed, jobs } = await readBody(context, emptyRequest)
      return context.json(await board.empty(typed, jobs))
    })
}

async function* reportLines(board: JobBoard, id: string, job: object): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(JSON.stringify(job) + '\n')
  for (let from = 0; ; from += reportItems) {
    const { items, total } = await board.items({ ask: 'items', id, from, to: from + reportItems })
    yield encoder.encode(items.map((each) => JSON.stringify(each) + '\n').join(''))
    if (from + reportItems >= total) return
  }
}

/** `/stores/:store/retention` and `/stores/:store/verify`. */
export function storeJobRoutes(
  board: JobBoard,
  { connections, dataFolder }: { readonly connections: Connections; readonly dataFolder: string },
): Hono {
  const ruled = (id: string): RuledStore => {
    const { store, shown } = connections.get(id)
    return { kind: shown.kind, location: shown.location, path: store.path }
  }
  return new Hono()
    .get('/stores/:store/retention', async (context) =>
      context.json(await readRetention(ruled(context.req.param('store')), dataFolder)),
    )
    .post('/stores/:store/retention', async (context) => {
      const rules = await readBody(context, policy)
      return context.json(await keepRetention(ruled(context.req.param('store')), dataFolder, rules))
    })
    .post('/stores/:store/verify', (context) => {
      const stop = new AbortController()
      const lines = new ReadableStream<Uint8Array>({
        start: (controller) => void verify(board, context.req.param('store'), controller, stop.signal),
        cancel: () => stop.abort(),
      })
      return new Response(lines, { headers: { 'content-type': 'application/x-ndjson' } })
    })
}

async function verify(
  board: JobBoard,
  store: string,
  controller: ReadableStreamDefaultController<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const encoder = new TextEncoder()
  const send = (event: VerifyEvent): void => {
    if (!signal.aborted) controller.enqueue(encoder.encode(JSON.stringify(event) + '\n'))
  }
  try {
    const total = await board.verify(
      store,
      ({ findings, entries, bytes }) => {
        for (const { finding, key, name, bytes: size, sentence } of findings)
          send({ type: 'finding', finding, key: name ?? showKey(key), bytes: size, sentence })
        send({ type: 'progress', entries, bytes })
      },
      signal,
    )
    send({ type: 'end', ...total })
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    send({ type: 'error', code, message })
  }
  if (!signal.aborted) controller.close()
}
