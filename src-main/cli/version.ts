import { readFileSync } from 'node:fs'

/** Version of the package. The sources stand two folders below its package.json, and so does the build. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version
