import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyOf } from '../conformance/harness.ts'
import { storeConformance } from '../conformance/suite.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { openStore } from '../registry.ts'

storeConformance('an archive', {
  badKeys: [new Uint8Array(0)],
  oddKeys: [Uint8Array.of(0), Uint8Array.of(255, 254, 0, 1), new Uint8Array(2000).fill(97), keyOf('usual')],
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
    const location = `archive:${join(folder, 'results.hashcache')}`
    const store = await openStore(location, { write: true })
    return {
      store,
      reopen: ({ write }) => openStore(location, { write }),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]()
        rmSync(folder, { recursive: true })
      },
    }
  },
})

unchangedLaw('an archive', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  const path = join(folder, 'results.hashcache')
  {
    await using store = await openStore(`archive:${path}`, { write: true })
    await store.apply([{ kind: 'put', key: keyOf('a'), value: Uint8Array.of(0x80, 4, 0x4e, 0x2e) }])
  }
  return {
    folder,
    // Found by what it is, not by its name.
    open: () => openStore(path),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true })
    },
  }
})
