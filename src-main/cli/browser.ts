import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Opens the user's browser if there is one; false if not. Never throws. */
export async function openBrowser(url: string): Promise<boolean> {
  const command = browserCommand(process.platform, process.env)
  if (!command) return false
  const [program, ...parameters] = command
  const child = spawn(program, [...parameters, url], { stdio: 'ignore', detached: true })
  const started = await Promise.race([
    once(child, 'spawn').then(() => true),
    once(child, 'error').then(() => false),
  ]).catch(() => false)
  if (started) child.unref()
  return started
}

/** The command that hands a URL to the default browser; `undefined` where nothing could be shown. */
export function browserCommand(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): [program: string, ...parameters: string[]] | undefined {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  if (!hasDisplay(platform, environment)) return undefined
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const program = folders.map((folder) => join(folder, 'xdg-open')).find(isProgram)
  return program === undefined ? undefined : [program]
}

/** Whether a window could be shown at all. */
export function hasDisplay(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (platform === 'darwin' || platform === 'win32') return environment.SSH_CONNECTION === undefined
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
