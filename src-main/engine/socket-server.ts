import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { getRequestListener } from '@hono/node-server'
import { z } from 'zod'
import { createEngine } from './engine.ts'
import { secretHeader } from './http/headers.ts'
import { equalSecrets } from './http/secrets.ts'

/**
 * The engine as a program of its own, for the desktop: reads one line of JSON from its standard
 * input, listens on the private socket named there, says `ready`, and ends when the input ends.
 * Requests without the secret are refused: on Windows others may see the pipe.
 */
const config = z.object({
  socketPath: z.string(),
  secret: z.string().min(32),
  dataFolder: z.string(),
  version: z.string(),
})

const closeLimitMs = 1_500

const input = createInterface({ input: process.stdin })
// Listened for from the start: the shell may be gone before the engine is up.
const inputEnded = new Promise<void>((resolve) => input.once('close', resolve))
const first = await new Promise<string>((resolve) => {
  input.once('line', resolve)
  void inputEnded.then(() => resolve('{}'))
})
const { socketPath, secret, dataFolder, version } = config.parse(JSON.parse(first))
const engine = await createEngine({ dataFolder, host: 'desktop', version })
const listener = getRequestListener((request) => engine.app.fetch(request))
const server = createServer((incoming, outgoing) => {
  const given = incoming.headers[secretHeader]
  if (typeof given === 'string' && equalSecrets(given, secret)) void listener(incoming, outgoing)
  else outgoing.writeHead(403, { connection: 'close' }).end()
})
server.listen(socketPath, () => process.stdout.write('ready\n'))

async function end(): Promise<void> {
  setTimeout(() => process.exit(0), closeLimitMs).unref()
  engine.endStreams()
  server.close()
  server.closeAllConnections()
  await engine.close()
  process.exit(0)
}

void inputEnded.then(end)
process.once('SIGTERM', () => void end())
// The shell ends its engine by closing the input; Ctrl+C in a terminal goes to both and is the shell's to judge.
process.on('SIGINT', () => undefined)
