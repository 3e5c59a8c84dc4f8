import { Hono } from 'hono'
import type {
  DatabaseInfo,
  Detected,
  DiscoverEvent,
  StoreKindInfo,
  TargetPlace,
  TestResult,
} from '../../../shared/api/locations.ts'
import {
  databasesRequest,
  detectRequest,
  discoverRequest,
  storeKind,
  targetRequest,
  testRequest,
} from '../../../shared/api/locations.ts'
import { waysToMake } from '../../../shared/jobs/migrate/place.ts'
import { toAppError } from '../../../shared/model/errors.ts'
import { withoutSecrets } from '../../../shared/model/secrets.ts'
import { pathForm } from '../../../shared/model/store-form.ts'
import type { Discovery } from '../../../shared/stores/discover.ts'
import type { StoreKind } from '../../../shared/stores/contract.ts'
import { storeTypes } from '../../../shared/stores/kinds.ts'
import { linesResponse } from '../http/lines.ts'
import { readBody } from '../http/validate.ts'
import type { ProbeTask } from '../workers/probe-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface LocationRoutesOptions {
  readonly probes: WorkerPool<ProbeTask, unknown>
  /** Ends what takes longer than `tests.seconds`. */
  readonly tests: { readonly pool: WorkerPool<ProbeTask, unknown>; readonly seconds: number }
  readonly searches: WorkerPool<ProbeTask, unknown>
}

/** What can be asked about caches that are not open: what kinds there are, what stands at a place, whether it answers. */
export function locationRoutes({ probes, tests, searches }: LocationRoutesOptions): Hono {
  return new Hono()
    .get('/kinds', (context) => context.json(kinds()))
    .post('/detect', async (context) => {
      const { location } = await readBody(context, detectRequest)
      return context.json((await probes.run({ ask: 'detect', location })) as Detected[])
    })
    .post('/test', async (context) => context.json(await test(tests, await readBody(context, testRequest))))
    .post('/target', async (context) => {
      const asked = await readBody(context, targetRequest)
      return context.json((await probes.run({ ask: 'target', ...asked })) as TargetPlace)
    })
    .post('/databases', async (context) => {
      const { location, kind } = await readBody(context, databasesRequest)
      return context.json((await probes.run({ ask: 'databases', location, kind })) as DatabaseInfo[])
    })
    .post('/discover', async (context) => {
      const { folder } = await readBody(context, discoverRequest)
      return discover(searches, folder)
    })
}

function kinds(): StoreKindInfo[] {
  return storeTypes.map(({ kind, title, scheme, form = pathForm(scheme) }) =>
    storeKind.parse({ kind, title, scheme, form, makes: makes(kind, title) }),
  )
}

function makes(kind: StoreKind, kindTitle: string): StoreKindInfo['makes'] {
  return waysToMake(kind).map(({ title, options }) => ({
    title: title === undefined ? kindTitle : `${kindTitle}, ${title}`,
    options: new URLSearchParams(options).toString(),
  }))
}

async function test(
  { pool, seconds }: LocationRoutesOptions['tests'],
  { location, kind }: { location: string; kind?: string },
): Promise<TestResult> {
  const startMs = performance.now()
  try {
    return (await pool.run({ ask: 'test', location, kind })) as TestResult
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    const late = `${withoutSecrets(location)} did not answer within ${seconds} s; check the name, or open it and wait.`
    return {
      ok: false,
      milliseconds: performance.now() - startMs,
      error: { code, message: code === 'CANCELLED' ? late : message },
    }
  }
}

/** One line of JSON for each thing seen. A reader that leaves ends the search. */
function discover(searches: LocationRoutesOptions['searches'], folder: string): Response {
  return linesResponse<Discovery>({
    run: (port, signal) => searches.run({ ask: 'discover', folder, port }, { transfer: [port], signal }),
    lineOf: titled,
  })
}

function titled(found: Discovery): DiscoverEvent {
  if (found.type !== 'found') return found
  return { ...found, kindTitle: storeTypes.find(({ kind }) => kind === found.kind)?.title ?? found.kind }
}
