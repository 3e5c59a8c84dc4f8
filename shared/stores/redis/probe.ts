import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { AppError } from '../../model/errors.ts'
import { redisFault } from './faults.ts'
import { showHost } from './target.ts'
import type { HostPort } from './target.ts'

const ping = '*1\r\n$4\r\nPING\r\n'
/** An answer to PING is a short line; whatever sends more is no Redis. */
const maximalAnswerBytes = 512

/**
 * Asks a server for a PING and looks at the first line of its answer, before
 * any more is trusted to it: a web server, a mail server, a silent or an
 * endless one are told apart here, with bounded memory and time. Any answer of
 * Redis is well, also that a password is needed. Throws `REFUSED`.
 */
export async function probeServer(
  address: HostPort,
  tls: ConnectionOptions | undefined,
  limits: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  const server = showHost(address)
  const socket = tls
    ? connectTls({ ...tls, host: address.host, port: address.port })
    : connectPlain({ host: address.host, port: address.port })
  try {
    const line = await firstLine(socket, tls ? 'secureConnect' : 'connect', limits)
    if (/^\+PONG$|^-(?:[A-Z]+) /.test(line)) return
    const seen = line.startsWith('HTTP/')
      ? 'it is a web server'
      : `it answered ${JSON.stringify(line.slice(0, 40))}`
    throw new AppError('REFUSED', `What listens at ${server} is not Redis: ${seen}; check the port.`, {
      data: { server },
    })
  } catch (thrown) {
    throw redisFault(server, thrown)
  } finally {
    socket.destroy()
  }
}

function firstLine(
  socket: Socket,
  readyEvent: string,
  limits: { timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  let isReady = false
  let hasConnected = false
  const timer = setTimeout(() => reject(lateFault(hasConnected, isReady)), limits.timeoutMs)
  const cancel = (): void => reject(new AppError('CANCELLED', 'Connecting to Redis was cancelled.'))
  limits.signal?.addEventListener('abort', cancel, { once: true })
  socket.once('connect', () => (hasConnected = true))
  socket.once(readyEvent, () => {
    isReady = true
    socket.write(ping)
  })
  socket.on('data', (chunk) => {
    answer += chunk.subarray(0, maximalAnswerBytes).toString('latin1')
    const end = answer.indexOf('\r\n')
    if (end !== -1) resolve(answer.slice(0, end))
    else if (answer.length >= maximalAnswerBytes) resolve(answer.slice(0, maximalAnswerBytes))
  })
  socket.once('error', reject)
  socket.once('close', () => {
    if (answer === '') reject(new Error('Connection is closed.'))
    else resolve(answer)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    limits.signal?.removeEventListener('abort', cancel)
  })
}

function lateFault(hasConnected: boolean, isReady: boolean): Error {
  if (isReady) return new Error('Command timed out')
  if (hasConnected) return new Error('no answer to the TLS handshake')
  return Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })
}
