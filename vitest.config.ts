import { availableParallelism } from 'node:os'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

/** Flags for a Chromium inside tests: no network of its own, and a sandbox-less start as root. */
const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// Hundreds of tests start a program of ours: its code is compiled once for all of them, and vitest's own too.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, 'out/test-compiled')

export default defineConfig({
  test: {
    // Much of a test's time is a program that it waits for: on two cores, one at a time leaves one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,src-main,scripts,bench}/**/*.test.ts', 'src-renderer/**/*.test.ts'],
          exclude: ['**/*.{corpus,python,conformance,browser}.test.ts', '**/node_modules/**', 'out/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['shared/**/*.conformance.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'corpus',
          include: ['{shared,src-main}/**/*.{corpus,python}.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'browser',
          include: ['src-renderer/**/*.browser.test.{ts,tsx}'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
                args: chromiumArguments,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
