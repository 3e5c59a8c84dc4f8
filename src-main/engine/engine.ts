import { Hono } from 'hono'
import type { App } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/model/errors.ts'
import { Connections } from './connections.ts'
import { EventHub } from './events.ts'
import { limitBody } from './http/body.ts'
import { errorResponse } from './http/errors.ts'
import { dropHeadBody } from './http/head.ts'
import { appRoutes } from './routes/app.ts'
import { byteRoutes } from './routes/bytes.ts'
import { entryRoutes } from './routes/entries.ts'
import { filterRoutes } from './routes/filters.ts'
import { fileRoutes } from './routes/files.ts'
import { kindRoutes } from './routes/kinds.ts'
import { locationRoutes } from './routes/locations.ts'
import { pictureRoutes } from './routes/pictures.ts'
import { resultRoutes } from './routes/results.ts'
import { jobRoutes, storeJobRoutes } from './routes/jobs.ts'
import { storeRoutes } from './routes/stores.ts'
import { completeRoutes } from './routes/complete.ts'
import { compareRoutes } from './routes/compare.ts'
import { insideRoutes } from './routes/inside.ts'
import { trustRoutes } from './routes/trust.ts'
import { overviewRoutes } from './routes/overview.ts'
import { pointRoutes } from './routes/points.ts'
import { tagRoutes } from './routes/tags.ts'
import { whyRoutes } from './routes/why.ts'
import { Comparisons } from './comparisons.ts'
import { JobBoard } from './job-board.ts'
import { openSettings } from './settings.ts'
import type { CatalogTask } from './workers/catalog-task.ts'
import type { CompareTask } from './workers/compare-task.ts'
import type { IndexResult, IndexTask } from './workers/index-task.ts'
import type { JobTask } from './workers/job-task.ts'
import type { ProbeTask } from './workers/probe-task.ts'
import type { TrustTask } from './workers/trust-task.ts'
import { WorkerPool, workerProgram } from './workers/pool.ts'
import type { ValueTask } from './workers/value-task.ts'

export interface EngineOptions {
  /** Folder of what is the program's own: indexes, settings, samples. */
  readonly dataFolder: string
  readonly host: App['host']
  readonly version: string
  /** Least time between two looks for changes in an open store; 2 s. */
  readonly watchEveryMs?: number
  /** Time limit of one question about a value; 20 s. */
  readonly valueTimeLimitMs?: number
}

/** The program without a host: an API to be served by whoever wants to. */
export interface Engine extends AsyncDisposable {
  /** Answers `/api/*`. Says nothing about who may ask: that is the host's part. */
  readonly app: Hono
  readonly connections: Connections
  /** Ends the live event streams, for a host that is about to close. */
  endStreams(): void
  /** Cancels indexing, closes stores and ends the workers. */
  close(): Promise<void>
}

/** Two caches are indexed at a time; a third waits. */
const indexThreads = 2
/** Jobs that are planned or run at the same time; more wait. */
const jobThreads = 2
const probeTimeLimitMs = 20_000
const testTimeLimitMs = 5_000
const valueHeapMegabytes = 2_048

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const settings = await openSettings(options.dataFolder)
  const events = new EventHub()
  const indexers = new WorkerPool<IndexTask, IndexResult>(workerProgram('index'), { threads: indexThreads })
  const probes = new WorkerPool<ProbeTask, unknown>(workerProgram('probe'), {
    threads: 1,
    timeLimitMs: probeTimeLimitMs,
  })
  const tests = new WorkerPool<ProbeTask, unknown>(workerProgram('probe'), {
    threads: 2,
    timeLimitMs: testTimeLimitMs,
  })
  // A search has limits of its own, and nothing else waits for it.
  const searches = new WorkerPool<ProbeTask, unknown>(workerProgram('probe'), { threads: 1 })
  const catalogs = new WorkerPool<CatalogTask, unknown>(workerProgram('catalog'), { threads: 1 })
  const values = new WorkerPool<ValueTask, unknown>(workerProgram('value'), {
    threads: 1,
    timeLimitMs: options.valueTimeLimitMs ?? 20_000,
    heapMegabytes: valueHeapMegabytes,
  })
  const jobWorkers = new WorkerPool<JobTask, unknown>(workerProgram('job'), { threads: jobThreads })
  const jobDesk = new WorkerPool<JobTask, unknown>(workerProgram('job'), { threads: 1 })
  const comparers = new WorkerPool<CompareTask, unknown>(workerProgram('compare'), { threads: 1 })
  const compareReaders = new WorkerPool<CompareTask, unknown>(workerProgram('compare'), { threads: 1 })
  const trustReaders = new WorkerPool<TrustTask, unknown>(workerProgram('trust'), { threads: 1 })
  const connections = new Connections({
    dataFolder: options.dataFolder,
    settings,
    events,
    pool: indexers,
    probes,
    watchEveryMs: options.watchEveryMs ?? 2_000,
    onClose: async ({ shown, catalogFile }) => {
      // A thread that never was has nothing open.
      if (catalogs.hasStarted) await catalogs.run({ ask: 'close', file: catalogFile })
      if (values.hasStarted) await values.run({ ask: 'close', id: shown.id })
    },
  })

  const { dataFolder } = options
  const board = new JobBoard({
    dataFolder,
    connections,
    events,
    catalogs,
    workers: jobWorkers,
    desk: jobDesk,
  })

  const comparisons = new Comparisons({
    dataFolder,
    connections,
    runners: comparers,
    readers: compareReaders,
  })

  const app = new Hono().basePath('/api')
  app.onError((error) => errorResponse(error))
  app.notFound((context) =>
    errorResponse(
      new AppError('NOT_FOUND', `There is no ${context.req.method} ${context.req.path} in this API.`),
    ),
  )
  app.use(limitBody)
  app.use(dropHeadBody)
  app.route('/', appRoutes({ ...options, settings }))
  app.route('/files', fileRoutes())
  app.route(
    '/',
    locationRoutes({ probes, tests: { pool: tests, seconds: testTimeLimitMs / 1_000 }, searches }),
  )
  app.route('/', storeRoutes({ connections, catalogs }))
  app.route('/compare', compareRoutes({ connections, values, comparisons }))
  app.route('/', whyRoutes({ connections, catalogs }))
  app.route('/', trustRoutes({ connections, readers: trustReaders }))
  app.route('/', tagRoutes({ connections, catalogs }))
  app.route('/', overviewRoutes({ connections, catalogs }))
  app.route('/', pointRoutes({ connections, catalogs }))
  app.route('/', insideRoutes({ connections, catalogs }))
  app.route('/', completeRoutes({ connections, catalogs }))
  app.route('/stores/:store/filters', filterRoutes({ connections, catalogs, dataFolder }))
  app.route('/', jobRoutes(board, dataFolder))
  app.route('/', storeJobRoutes(board, { connections, dataFolder }))
  app.route('/results', resultRoutes(catalogs))
  app.route('/stores/:store/entries/:key', entryRoutes({ connections, values }))
  app.route('/stores/:store/entries/:key', byteRoutes({ connections, values }))
  app.route('/stores/:store/entries/:key', pictureRoutes({ connections, values }))
  app.route('/stores/:store/entries/:key', kindRoutes({ connections, values }))
  app.get('/events', () => events.respond(connections.told()))

  const close = async (): Promise<void> => {
    events.end()
    await connections[Symbol.asyncDispose]().catch(() => undefined)
    await comparisons[Symbol.asyncDispose]().catch(() => undefined)
    await Promise.all(
      [
        comparers,
        compareReaders,
        trustReaders,
        indexers,
        probes,
        tests,
        searches,
        catalogs,
        values,
        jobWorkers,
        jobDesk,
      ].map((pool) => pool[Symbol.asyncDispose]()),
    )
  }
  return { app, connections, endStreams: () => events.end(), close, [Symbol.asyncDispose]: close }
}
