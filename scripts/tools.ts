import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { python } from '../shared/testing/python.ts'

/** A program or Python module that the tests use for real, and the Debian packages that bring it. */
interface Tool {
  readonly name: string
  readonly packages: readonly string[]
  readonly isPresent: () => boolean
}

const chromiumPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium that browser tests drive: `CHROMIUM_PATH`, or the first one found. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named) return isExecutable(named) ? named : undefined
  return chromiumPaths.find(isExecutable)
}

const tools: readonly Tool[] = [
  {
    name: 'a Chromium (or CHROMIUM_PATH)',
    packages: ['chromium'],
    isPresent: () => findChromium() !== undefined,
  },
  {
    name: 'redis-server',
    packages: ['redis-server', 'redis-tools'],
    isPresent: () => runs('redis-server', ['--version']) && runs('redis-cli', ['--version']),
  },
  { name: 'openssl', packages: ['openssl'], isPresent: () => runs('openssl', ['version']) },
  {
    name: 'python3 with numpy, joblib, lz4, lmdb, redis, dbm.gnu and diskcache',
    packages: [
      'python3',
      'python3-numpy',
      'python3-joblib',
      'python3-lz4',
      'python3-lmdb',
      'python3-redis',
      'python3-gdbm',
      'python3-diskcache',
    ],
    isPresent: () => runs(python, ['-c', 'import numpy, joblib, lz4.frame, lmdb, redis, dbm.gnu, diskcache']),
  },
]

/**
 * Makes sure that all tools are there: on Debian as root it installs what is
 * missing. Answers a sentence about what is missing and how to get it, or `undefined`.
 */
export function provideTools(): string | undefined {
  const missing = tools.filter((tool) => !tool.isPresent())
  if (missing.length === 0) return undefined
  const packages = missing.flatMap((tool) => tool.packages)
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write(`Installing what the tests use: ${packages.join(' ')}\n`)
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'],
    }
    try {
      execFileSync('apt-get', ['update', '-qq'], quiet)
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet)
    } catch {
      // What is missing still is said below, with the way to get it.
    }
  }
  const stillMissing = tools.filter((tool) => !tool.isPresent())
  if (stillMissing.length === 0) return undefined
  return (
    `The tests need ${stillMissing.map((tool) => tool.name).join('; ')}. ` +
    `On Debian: sudo apt-get install ${stillMissing.flatMap((tool) => tool.packages).join(' ')}`
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function runs(command: string, parameters: string[]): boolean {
  return spawnSync(command, parameters, { stdio: 'ignore' }).status === 0
}
