import path from 'node:path'
import { defineConfig } from '@playwright/test'

/** Flags for a Chromium inside tests: no network of its own, and a sandbox-less start as root. */
const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: path.join(import.meta.dirname, '../out/e2e'),
  fullyParallel: true,
  // Each test runs a program and a browser of its own: on two cores, two at once only wait for each other.
  workers: process.env.CI ? 1 : 2,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-US',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: chromiumArguments,
    },
  },
  projects: [
    { name: 'web', testIgnore: 'desktop.spec.ts' },
    { name: 'electron', testMatch: 'desktop.spec.ts' },
  ],
})
