/**
 * `npm run dev:web [-- PATH…]`: the interface from its sources, reloaded as they change, over a real engine.
 * The page is open to whoever reaches Vite's port on this machine: for development only.
 */
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { dataFolder } from '../shared/catalog/location.ts'
import { version } from '../src-main/cli/version.ts'
import { createEngine } from '../src-main/engine/engine.ts'
import { provideSamples } from '../src-main/engine/samples.ts'
import { startWebHost } from '../src-main/web/host.ts'

const root = path.resolve(import.meta.dirname, '..')
const named = process.argv.slice(2)
const stores = named.length > 0 ? named : (await provideSamples(dataFolder())).map(({ location }) => location)

const engine = await createEngine({ dataFolder: dataFolder(), host: 'web', version })
for (const store of stores) await engine.connections.open(store)
const host = await startWebHost({ engine, rendererFolder: path.join(root, 'out/renderer') })
const target = `http://127.0.0.1:${host.port}`
const server = await createServer({
  configFile: false,
  root: path.join(root, 'src-renderer'),
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': {
        target,
        changeOrigin: true,
        // The proxy vouches for the page, so it must know that it is our page that asks; Vite checks the Host.
        bypass: ({ headers }) =>
          headers.origin === undefined || headers.origin === `http://${headers.host}` ? undefined : false,
        headers: { authorization: `Bearer ${host.token}`, origin: target, 'sec-fetch-site': 'same-origin' },
      },
    },
  },
})
await server.listen()
server.printUrls()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.all([server.close(), host.close(), engine.close()]).then(() => process.exit(0))
  })
}
