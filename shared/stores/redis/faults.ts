import { ReplyError } from 'ioredis'
import { AppError } from '../../model/errors.ts'
import type { WriteOutcome } from '../contract.ts'

/** Codes of TLS that OpenSSL and Node give; each is about the certificate or the handshake. */
const tlsFault =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/

/**
 * Whatever ioredis, a socket or the server said while connecting or reading, as one sentence about `server`.
 * Where another password could help, `data.needs` is `password`.
 */
export function redisFault(server: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const fault = firstFault(thrown)
  const sentence = sentenceOf(server, fault.code, fault.message)
  const data: Record<string, string> = { server }
  if (asksPassword(fault.message)) data['needs'] = 'password'
  return new AppError('REFUSED', sentence, { cause: thrown, data })
}

const wrongPassword = /^WRONGPASS|invalid password|invalid username/i

function asksPassword(message: string): boolean {
  return message.startsWith('NOAUTH') || wrongPassword.test(message)
}

function sentenceOf(server: string, code: string, message: string): string {
  if (code === 'ECONNREFUSED')
    return `Nothing listens at ${server}; check host and port, or start the server.`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The host of ${server} is not known; check its name.`
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return `${server} cannot be reached; check host, port and firewall.`
  if (tlsFault.test(code) || /\b(?:SSL|TLS|certificate)\b/i.test(message))
    return `${server} and this program cannot agree on TLS (${code || message}); check rediss://, ca and servername.`
  if (wrongPassword.test(message)) return `${server} does not take this user and password; check them.`
  if (message.startsWith('NOAUTH'))
    return `${server} wants a password; give user and password, in a URL as redis://user:password@host.`
  if (/without any password configured/.test(message))
    return `${server} has no password set, but the URL gives one; leave it out.`
  if (message.startsWith('NOPERM'))
    return `${server} does not let this user do that (${message}); ask for the permission.`
  if (message.startsWith('LOADING')) return `${server} is still loading its data; try again in a moment.`
  if (/DB index is out of range/.test(message))
    return `${server} has no database of that number; check the URL.`
  if (/Command timed out/.test(message))
    return `${server} did not answer in time; try again when it is less busy.`
  if (/sentinels? (?:are unreachable|returned)/i.test(message))
    return `None of the sentinels of ${server} names a master; check their addresses and the master's name.`
  if (/cluster support disabled|Failed to refresh slots/i.test(message))
    return `${server} is no Redis Cluster that can be used (${message}); check the addresses, or use redis://.`
  if (/Connection is closed|ECONNRESET|EPIPE|socket/i.test(`${message} ${code}`))
    return `${server} closed the connection; check that it is up, and try again.`
  return `${server} answered: ${message.slice(0, 200)}.`
}

/** ioredis wraps the reason of a cluster in `lastNodeError`, Node that of several addresses in `errors`. */
function firstFault(thrown: unknown): { code: string; message: string } {
  let fault = thrown
  for (let depth = 0; depth < 4 && typeof fault === 'object' && fault !== null; depth++) {
    const inner: unknown =
      (fault as { lastNodeError?: unknown }).lastNodeError ?? (fault as { errors?: unknown[] }).errors?.[0]
    if (inner === undefined || inner === null) break
    fault = inner
  }
  if (typeof fault !== 'object' || fault === null) return { code: '', message: String(fault) }
  const { code, message } = fault as { code?: unknown; message?: unknown }
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : 'no reason',
  }
}

/** Under these, a server takes no write at all. What else it answers is about the entry: rights, types, sizes. */
const wholeServer =
  /^(?:NOAUTH|WRONGPASS|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|BUSY)\b|^ERR (?:max number of clients|operation not permitted)/
/** How a server before Redis 7 begins what a command in a script was answered. */
const ofScript = /^ERR Error running script.*?@user_script: ?\d+: (?:@user_script: ?\d+: )?-?/

/** What the server said to one SET or UNLINK. */
export function failedWrite(server: string, thrown: unknown): WriteOutcome {
  const message = firstFault(thrown).message.replace(ofScript, '')
  if (message.startsWith('OOM'))
    return {
      done: false,
      reason: 'NO_SPACE',
      sentence: `${server} has used up its memory (maxmemory); raise it or free some, then go on.`,
    }
  if (message.startsWith('READONLY'))
    return {
      done: false,
      reason: 'UNWRITABLE',
      sentence: `${server} is a replica, which cannot be written; connect to its master.`,
    }
  if (message.startsWith('MISCONF'))
    return {
      done: false,
      reason: 'UNWRITABLE',
      sentence: `${server} cannot save to its disk and refuses to write; see its log.`,
    }
  const isOfEntry = thrown instanceof ReplyError && !wholeServer.test(message)
  return {
    done: false,
    reason: isOfEntry ? 'REFUSED' : 'UNWRITABLE',
    sentence: redisFault(server, thrown).message,
  }
}
