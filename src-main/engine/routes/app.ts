import { homedir } from 'node:os'
import { Hono } from 'hono'
import type { App } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/model/errors.ts'
import { provideSamples } from '../samples.ts'
import type { Settings } from '../settings.ts'

export interface AppRoutesOptions {
  readonly dataFolder: string
  readonly host: App['host']
  readonly version: string
  readonly settings: Settings
}

/** `GET /app`, `POST /samples` and `DELETE /recents`: the program itself, and what it brings along and remembers. */
export function appRoutes(options: AppRoutesOptions): Hono {
  const describe = (): App => ({
    version: options.version,
    host: options.host,
    platform: process.platform,
    nodeVersion: process.version,
    homeFolder: homedir(),
    nativeOpenDialog: options.host === 'desktop',
    recents: [...options.settings.recents],
  })
  return new Hono()
    .get('/app', (context) => context.json(describe()))
    .post('/samples', async (context) => context.json(await provideSamples(options.dataFolder)))
    .delete('/recents', async (context) => {
      const location = context.req.query('location')
      if (location === undefined)
        throw new AppError('USAGE', 'Name the recent location to forget: ?location=…')
      await options.settings.forget(location)
      return context.json(describe())
    })
}
