/** Numbers the states that are told (`asOf` of the API): each is higher than all before, also over restarts. */
export class AsOfClock {
  #last = 0

  next(): number {
    this.#last = Math.max(this.#last + 1, Date.now())
    return this.#last
  }
}
