import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

import type { ChangeToken } from './contract.ts'
import type { Stamp } from './stamp.ts'

/** A little more than the time within which a stamp counts as fresh. */
const settleMs = 25

const hashedAtOnce = 32 * 1024

/** Token of one part of a store; the empty text where the part has no entries. */
export interface PartToken {
  readonly token: string
  /** Something in it changed just now: the token will not come again. */
  readonly fresh: boolean
}

/** Makes the token of a part from its entries, which must come in one order each time. */
export class PartDigest {
  readonly #hash = createHash('sha1')
  /** Text that waits to be hashed: a call for each entry would cost more than the hashing. */
  #text = ''
  #isEmpty = true
  #fresh = false

  add(name: string, stamp: Stamp): void {
    this.#text += `${name} ${stamp.text}\n`
    if (this.#text.length > hashedAtOnce) this.#hashText()
    this.#fresh ||= stamp.fresh
    this.#isEmpty = false
  }

  finish(): PartToken {
    this.#hashText()
    return { token: this.#isEmpty ? '' : this.#hash.digest('base64'), fresh: this.#fresh }
  }

  #hashText(): void {
    this.#hash.update(this.#text)
    this.#text = ''
  }
}

/** The token of a store from those of its parts. Fresh ones are made again after a moment, so that they last. */
export async function settledToken(
  tokens: Map<string, PartToken>,
  again: (part: string) => Promise<PartToken>,
): Promise<ChangeToken> {
  const fresh = [...tokens].filter(([, token]) => token.fresh)
  if (fresh.length > 0) {
    await setTimeout(settleMs)
    for (const [part] of fresh) tokens.set(part, await again(part))
  }
  const parts = new Map(
    [...tokens].filter(([, { token }]) => token !== '').map(([part, { token }]) => [part, token]),
  )
  return { whole: wholeToken(parts), parts }
}

/** The token of a store from those of its parts that have entries, in their order. */
export function wholeToken(parts: ReadonlyMap<string, string>): string {
  return createHash('sha1')
    .update(JSON.stringify([...parts]))
    .digest('base64')
}
