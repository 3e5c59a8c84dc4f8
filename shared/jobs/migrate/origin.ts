import { toAppError } from '../../model/errors.ts'
import type { Store } from '../../stores/contract.ts'
import { convert, unwrapped, type ValueForm } from './convert.ts'

/** An entry of the target of a migration as it stands there. */
export interface Copy {
  readonly key: Uint8Array
  /** In the source, where it is another. */
  readonly sourceKey?: Uint8Array
  readonly value: Uint8Array
}

/** Where the entries of a migration came from, looked at when they are taken back. */
export class Origin implements AsyncDisposable {
  readonly #source: Store
  readonly #form: ValueForm

  constructor(source: Store, form: ValueForm) {
    this.#source = source
    this.#form = form
  }

  /** Of each copy, whether the source would give the same bytes again. Where that cannot be seen it would not. */
  async wouldGive(target: Store, copies: readonly Copy[]): Promise<boolean[]> {
    const values = await this.#source.getMany(copies.map(({ key, sourceKey }) => sourceKey ?? key))
    return await Promise.all(
      copies.map(async ({ value: copy }, i) => {
        const value = values[i]
        return value instanceof Uint8Array && (await this.#isSame(target, value, copy))
      }),
    )
  }

  async #isSame(target: Store, value: Uint8Array, copy: Uint8Array): Promise<boolean> {
    try {
      const { bytes } = await convert(unwrapped(this.#source, value), this.#form)
      return Buffer.compare(target.wrapValue?.(bytes) ?? bytes, copy) === 0
    } catch (thrown) {
      // What has no form in the target any more is another value than the one that was copied.
      if (toAppError(thrown).code === 'USAGE') return false
      throw thrown
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]()
  }
}
