import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A real redis-server on a free loopback port, with nothing on disk but a temporary folder. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly folder: string
}

export interface KillableServer extends TestServer {
  kill(): void
}

export interface TlsServer extends TestServer {
  /** Path of the certificate that signed the server's. */
  readonly ca: string
}

const startMs = 10_000

/** Starts one server with further lines of configuration. */
export async function startRedis(...settings: string[]): Promise<TestServer> {
  const port = await freePort()
  return launch(port, [`port ${port}`, ...settings])
}

/** A server at a port that was free, which a test kills (as the system would) and starts again with what it kept. */
export function startRedisAt(port: number, ...settings: string[]): Promise<KillableServer> {
  return launch(port, [`port ${port}`, ...settings])
}

/** A server that speaks TLS only, with a user `cache` (password `se:cret/€`) who may do what a cache needs on keys `c:*`, and no other. */
export async function startTlsRedis(): Promise<TlsServer> {
  const port = await freePort()
  const certificates = makeCertificates()
  const rights =
    '+get +mget +set +unlink +del +strlen +type +exists +getrange +pttl +scan +ping +info +select +watch +multi +exec'
  const server = await launch(port, [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${join(certificates, 'server.crt')}`,
    `tls-key-file ${join(certificates, 'server.key')}`,
    `tls-ca-cert-file ${join(certificates, 'ca.crt')}`,
    'tls-auth-clients no',
    'user default off',
    `user cache on >se:cret/€ ~c:* ${rights}`,
  ])
  return {
    port,
    folder: server.folder,
    ca: join(certificates, 'ca.crt'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(certificates, { recursive: true })
    },
  }
}

/** Three masters that share the slots among them. */
export async function startCluster(): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  await using stack = new AsyncDisposableStack()
  const ports: number[] = []
  for (let node = 0; node < 3; node++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, or two find the same free port
    const [port, bus] = [await freePort(), await freePort()]
    ports.push(port)
    // oxlint-disable-next-line no-await-in-loop -- as above
    stack.use(await launch(port, [`port ${port}`, 'cluster-enabled yes', `cluster-port ${bus}`]))
  }
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { stdio: 'pipe' })
  for (const port of ports) {
    // oxlint-disable-next-line no-await-in-loop -- each node must know of all slots
    await until(port, async (client) => (await client.cluster('INFO')).includes('cluster_state:ok'))
  }
  const running = stack.move()
  return { ports, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** A master, and a sentinel that names it `caches`. */
export async function startSentinel(): Promise<AsyncDisposable & { readonly port: number }> {
  await using stack = new AsyncDisposableStack()
  const master = stack.use(await startRedis())
  const port = await freePort()
  stack.use(
    await launch(
      port,
      [`port ${port}`, `sentinel monitor caches 127.0.0.1 ${master.port} 1`],
      ['--sentinel'],
    ),
  )
  const running = stack.move()
  return { port, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Sends RESP commands as they are, as `redis-cli --pipe` does, and waits until all are carried out. */
export async function loadCommands(port: number, commands: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(commands)
  socket.write('*2\r\n$4\r\nECHO\r\n$9\r\nall-there\r\n')
  let tail = ''
  for await (const chunk of socket) {
    tail = (tail + String(chunk)).slice(-20)
    if (tail.includes('all-there')) break
  }
  socket.destroy()
}

async function launch(
  port: number,
  settings: readonly string[],
  flags: readonly string[] = [],
): Promise<KillableServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const configuration = join(folder, 'redis.conf')
  const isSentinel = flags.includes('--sentinel')
  const own = [`dir ${folder}`, 'bind 127.0.0.1', ...(isSentinel ? [] : ['save ""', 'appendonly no'])]
  writeFileSync(configuration, [...own, ...settings].join('\n'))
  const child = spawn('redis-server', [configuration, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  await listening(child)
  return {
    port,
    folder,
    kill: () => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill()
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for the line that Redis and Sentinel write when they take connections. */
async function listening(child: ChildProcess): Promise<void> {
  let log = ''
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    log += String(chunk)
    if (/Ready to accept connections|Sentinel ID is/.test(log)) {
      child.stdout!.resume()
      return
    }
  }
  throw new Error(`redis-server did not start:\n${log}`)
}

async function until(port: number, holds: (client: Redis) => Promise<boolean>): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1' })
  const endMs = performance.now() + startMs
  try {
    // oxlint-disable-next-line no-await-in-loop -- asks again until it holds
    while (!(await holds(client))) {
      if (performance.now() > endMs) throw new Error(`The server at port ${port} is not ready.`)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await setTimeout(20)
    }
  } finally {
    client.disconnect()
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A folder with ca.crt, server.crt (for 127.0.0.1 and `cache.test`) and server.key. */
function makeCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  const openssl = (...options: string[]): Buffer =>
    execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test authority')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:cache.test,IP:127.0.0.1\n')
  openssl(
    'req',
    ...newKey.slice(0, 5),
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=cache.test',
  )
  const signing = ['-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial']
  openssl('x509', ...signing, '-days', '2', '-extfile', 'names', '-out', 'server.crt')
  return folder
}
