import { cpSync } from 'node:fs'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

/** Entries stand flat in out/main: a program finds its workers and samples beside itself, as in the sources. */
const flatNames = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' }

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node24',
      minify: false,
      rollupOptions: {
        input: {
          electron: path.join(root, 'src-main/electron/main.ts'),
          engine: path.join(root, 'src-main/engine/socket-server.ts'),
          cli: path.join(root, 'src-main/cli/main.ts'),
          'probe.worker': path.join(root, 'src-main/engine/workers/probe.worker.ts'),
          'job.worker': path.join(root, 'src-main/engine/workers/job.worker.ts'),
          'index.worker': path.join(root, 'src-main/engine/workers/index.worker.ts'),
          'catalog.worker': path.join(root, 'src-main/engine/workers/catalog.worker.ts'),
          'compare.worker': path.join(root, 'src-main/engine/workers/compare.worker.ts'),
          'trust.worker': path.join(root, 'src-main/engine/workers/trust.worker.ts'),
          'value.worker': path.join(root, 'src-main/engine/workers/value.worker.ts'),
          'reading.worker': path.join(root, 'shared/jobs/migrate/reading.worker.ts'),
          // Programs that stores start for themselves.
          'lmdb-writer': path.join(root, 'shared/stores/lmdb/writer-process.ts'),
          'diskcache-writer': path.join(root, 'shared/stores/diskcache/writer-process.ts'),
        },
        output: { format: 'es', ...flatNames },
      },
    },
    plugins: [
      {
        name: 'samples',
        closeBundle() {
          cpSync(path.join(root, 'src-main/engine/samples'), path.join(root, 'out/main/samples'), {
            recursive: true,
          })
        },
      },
    ],
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is one CommonJS file.
      rollupOptions: {
        input: { preload: path.join(root, 'src-main/electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path.join(root, 'src-renderer'),
    publicDir: path.join(root, 'src-renderer/public'),
    base: '/',
    plugins: [react()],
    build: {
      outDir: path.join(root, 'out/renderer'),
      emptyOutDir: true,
      // Nothing inline: the policy has no `data:` scripts, and pictures are files.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Half as much to read before the first paint.
      minify: true,
      chunkSizeWarningLimit: 1_000,
      rollupOptions: { input: path.join(root, 'src-renderer/index.html') },
    },
  },
})
