import { z } from 'zod'

/**
 * Places where caches are or are to be: what stands there, before one is opened or made.
 *
 *   POST   /api/detect            DetectRequest  → Detected[]
 *   GET    /api/kinds                            → StoreKindInfo[]    every kind of cache with the form that names one
 *   POST   /api/test              TestRequest    → TestResult         opens it read-only, closes it, keeps nothing
 *   POST   /api/target            TargetRequest  → TargetPlace        what stands where a migration is to write; nothing is made
 *   POST   /api/databases         DatabasesRequest → DatabaseInfo[]   databases or tables of a file that is not open
 *   POST   /api/discover          DiscoverRequest → application/x-ndjson of DiscoverEvent; dropping it ends the search
 */
export const detectRequest = z.object({ location: z.string().min(1) })
export const detected = z.object({
  kind: z.string(),
  kindTitle: z.string(),
  location: z.string(),
  certainty: z.number(),
  reason: z.string(),
})
const formField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['path', 'text', 'number', 'password', 'choice']),
  required: z.boolean(),
  place: z.enum(['scheme', 'path', 'host', 'port', 'user', 'password', 'step', 'option']),
  placeholder: z.string().optional(),
  help: z.string().optional(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  when: z.object({ field: z.string(), in: z.array(z.string()) }).optional(),
  isAdvanced: z.boolean().optional(),
})

/** A kind of cache, and what a person fills in to name one; `shared/model/store-form.ts` makes the URL of it. */
export const storeKind = z.object({
  kind: z.string(),
  title: z.string(),
  scheme: z.string(),
  /** In which forms a migration makes one where there is none: its options, as they stand in the URL. */
  makes: z.array(z.object({ title: z.string(), options: z.string() })),
  form: z.object({ schemes: z.array(z.string()).min(1), isServer: z.boolean(), fields: z.array(formField) }),
})

/** `location`: as for opening; `from`: the location of the cache that is to be migrated. */
export const targetRequest = z.object({ location: z.string().min(1), from: z.string() })
export const targetPlace = z.object({
  kindTitle: z.string(),
  /** Absolute, without secrets. */
  location: z.string(),
  /** Absent: it is on a server, which only the plan asks. */
  isThere: z.boolean().optional(),
  warnings: z.array(z.string()),
})

export const testRequest = z.object({ location: z.string().min(1), kind: z.string().optional() })
/** Within 5 seconds. `error.needs`: `password` where another user or password could help. */
export const testResult = z.object({
  ok: z.boolean(),
  /** From the call to the answer, without the engine's own way to it. */
  milliseconds: z.number(),
  kind: z.string().optional(),
  kindTitle: z.string().optional(),
  /** Name and version of a server: `Redis 7.0.15`. */
  product: z.string().optional(),
  /** What was seen in a file or folder. */
  reason: z.string().optional(),
  entries: z.number().optional(),
  notes: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), message: z.string(), needs: z.string().optional() }).optional(),
})

export const databasesRequest = z.object({ location: z.string().min(1), kind: z.string().optional() })
/** A database (LMDB) or table (SQLite) of a file. `option`: the URL's option that names one. */
export const databaseInfo = z.object({
  /** Absent: the main database. */
  name: z.string().optional(),
  entries: z.number().optional(),
  flags: z.array(z.string()),
  /** Why it cannot be opened as a cache. */
  problem: z.string().optional(),
  option: z.string(),
})

export const discoverRequest = z.object({ folder: z.string().min(1) })
export const discoverEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('found'),
    kind: z.string(),
    kindTitle: z.string(),
    path: z.string(),
    certainty: z.number(),
    reason: z.string(),
    /** Of a file. */
    sizeBytes: z.number().optional(),
  }),
  z.object({ type: z.literal('progress'), folder: z.string(), folders: z.number(), entries: z.number() }),
  z.object({
    type: z.literal('end'),
    folders: z.number(),
    entries: z.number(),
    found: z.number(),
    /** Folders that could not be listed. */
    unreadable: z.number(),
    /** What ended it before everything was looked at. */
    limit: z.enum(['depth', 'entries', 'milliseconds', 'found', 'cancelled']).optional(),
  }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])

export type Detected = z.infer<typeof detected>
export type StoreKindInfo = z.infer<typeof storeKind>
export type TestResult = z.infer<typeof testResult>
export type DatabaseInfo = z.infer<typeof databaseInfo>
export type DiscoverEvent = z.infer<typeof discoverEvent>
export type TargetPlace = z.infer<typeof targetPlace>
