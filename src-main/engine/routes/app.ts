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

/** `GET /app` and `DELETE /recents`: the program itself, and what it remembers. */
export function appRoutes(options: AppRoutesOptions): Hono {
  const describe = async (): Promise<App> => ({
    version: options.version,
    host: options.host,
    platform: process.platform,
    nodeVersion: process.version,
    homeFolder: homedir(),
    nativeOpenDialog: options.host === 'desktop',
    recents: [...options.settings.recents],
    samples: await provideSamples(options.dataFolder),
  })
  return new Hono()
    .get('/app', async (context) => context.json(await describe()))
    .delete('/recents', async (context) => {
      const location = context.req.query('location')
      if (location === undefined)
        throw new AppError('USAGE', 'Name the recent location to forget: ?location=…')
      await options.settings.forget(location)
      return context.json(await describe())
    })
}
