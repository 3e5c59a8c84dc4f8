import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { makeOwnFolder } from '../../shared/catalog/own-folder.ts'
import { hasDisplay } from './browser.ts'

export type Desktop =
  | { readonly kind: 'ready'; readonly binary: string }
  /** One sentence, for people. */
  | { readonly kind: 'absent'; readonly reason: string }

export interface DesktopOptions {
  readonly dataFolder: string
  readonly downloadLimitMs?: number
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly platform?: NodeJS.Platform
  /** Folder of the package `electron`; found by itself. */
  readonly electronFolder?: string
}

/**
 * Whether Electron can be used: there is a display, and its binary is here or can be had within 3 s.
 * A download that failed is not tried again for that version, so it costs time once.
 */
export async function findDesktop(options: DesktopOptions): Promise<Desktop> {
  const environment = options.environment ?? process.env
  if (!hasDisplay(options.platform ?? process.platform, environment))
    return absent('There is no display here')
  const folder = options.electronFolder ?? electronFolder()
  if (folder === undefined) return absent('Electron is not installed')
  const present = electronBinary(folder)
  if (present !== undefined) return { kind: 'ready', binary: present }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  const noteFile = join(options.dataFolder, 'electron-download-failed')
  if (existsSync(noteFile) && readFileSync(noteFile, 'utf8') === version) {
    return absent(`Electron ${version} could not be downloaded before (remove ${noteFile} to try again)`)
  }
  await download(folder, options.downloadLimitMs ?? 3_000)
  const downloaded = electronBinary(folder)
  if (downloaded !== undefined) return { kind: 'ready', binary: downloaded }
  makeOwnFolder(options.dataFolder)
  writeFileSync(noteFile, version)
  return absent(`Electron ${version} cannot be downloaded`)
}

function absent(reason: string): Desktop {
  return { kind: 'absent', reason }
}

function electronFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return undefined
  }
}

function electronBinary(folder: string): string | undefined {
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/** Runs Electron's own installer, which unpacks beside itself; ended when it takes too long. */
async function download(folder: string, limitMs: number): Promise<void> {
  const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore' })
  await new Promise<void>((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
    const over = (): void => {
      clearTimeout(limit)
      resolve()
    }
    child.once('exit', over)
    child.once('error', over)
  })
}
