/**
 * The whole test suite: `npm test`. Every part runs even if an earlier one failed;
 * the last line counts all of them, `N passed, N failed, N skipped`.
 *
 * --quick  fewer generated objects in the differential and property tests
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findChromium, provideTools } from './tools.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

interface Part {
  readonly name: string
  run(): Promise<Count>
}

const root = path.resolve(import.meta.dirname, '..')
const reports = mkdtempSync(path.join(tmpdir(), 'hashcache-test-'))

const parts: readonly Part[] = [
  ...['check:types', 'check:lint', 'check:format', 'check:dead'].map((script) => npmScript(script)),
  vitest('node', ['unit', 'conformance', 'corpus']),
  vitest('browser', ['browser']),
  npmScript('build'),
  playwright(),
]

const missing = provideTools()
if (missing) {
  process.stderr.write(missing + '\n')
  process.stdout.write('0 passed, 1 failed, 0 skipped\n')
  process.exit(2)
}
process.env.CHROMIUM_PATH = findChromium()
if (process.argv.includes('--quick')) process.env.HASHCACHE_QUICK = '1'
if (!process.stdout.isTTY) process.env.NO_COLOR = '1'

const total: Count = { passed: 0, failed: 0, skipped: 0 }
const lines: string[] = []
for (const part of parts) {
  process.stdout.write(`\n── ${part.name}\n`)
  const started = Date.now()
  const count = await part.run()
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  const seconds = Math.round((Date.now() - started) / 1000)
  lines.push(`${part.name}: ${sentence(count)} (${seconds} s)`)
}
rmSync(reports, { recursive: true, force: true })
process.stdout.write('\n' + lines.join('\n') + '\n\n' + sentence(total) + '\n')
process.exit(total.failed === 0 ? 0 : 1)

function sentence({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

function npmScript(script: string): Part {
  return {
    name: script,
    async run() {
      const code = await command('npm', ['run', '-s', script])
      return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
    },
  }
}

function vitest(name: string, projects: readonly string[]): Part {
  const report = path.join(reports, `vitest-${name}.json`)
  const options = projects.flatMap((project) => ['--project', project])
  return {
    name: `vitest ${projects.join(', ')}`,
    async run() {
      const code = await command('vitest', [
        'run',
        ...options,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ])
      const found = readReport(report) as VitestReport | undefined
      if (!found) return { passed: 0, failed: 1, skipped: 0 }
      const failed = found.numFailedTests
      // A file that cannot be loaded, or an unhandled rejection, fails the run with no failed test.
      return {
        passed: found.numPassedTests,
        failed: code !== 0 && failed === 0 ? 1 : failed,
        skipped: found.numPendingTests + found.numTodoTests,
      }
    },
  }
}

function playwright(): Part {
  const report = path.join(reports, 'playwright.json')
  return {
    name: 'playwright web, electron',
    async run() {
      process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = report
      const code = await command('playwright', [
        'test',
        '-c',
        'e2e/playwright.config.ts',
        '--reporter=list,json',
      ])
      const stats = (readReport(report) as PlaywrightReport | undefined)?.stats
      if (!stats) return { passed: 0, failed: 1, skipped: 0 }
      const failed = stats.unexpected + stats.flaky
      return {
        passed: stats.expected,
        failed: code !== 0 && failed === 0 ? 1 : failed,
        skipped: stats.skipped,
      }
    },
  }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function command(program: string, parameters: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', (error) => {
      process.stderr.write(`${program} cannot be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
