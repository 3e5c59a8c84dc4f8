import { AppError } from '../model/errors.ts'
import type { Store, StoreLocation } from '../stores/contract.ts'
import { storeTypes } from '../stores/kinds.ts'

/**
 * Whether a cache on the disk that drops entries by itself has room for what an undo brings back. Servers are not asked: what
 * is planned need not be run while they are there. What keeps the cache from being opened is told by the run.
 */
export async function roomWarnings(
  location: StoreLocation,
  open: (location: StoreLocation, options: { write: boolean }) => Promise<Store>,
  bytes: number,
): Promise<string[]> {
  if (storeTypes.some(({ kind, serverSchemes }) => kind === location.kind && serverSchemes)) return []
  try {
    await using store = await open(location, { write: false })
    const { maxBytes, usedBytes = 0, evicts } = (await store.limits?.()) ?? {}
    if (maxBytes === undefined || evicts === undefined || usedBytes + bytes <= maxBytes) return []
    return [
      `${store.label} would be larger than it may be (size_limit ${maxBytes} bytes): with its next writes it drops entries again, ${evicts} first. Raise its limit before you run this.`,
    ]
  } catch (thrown) {
    if (thrown instanceof AppError) return []
    throw thrown
  }
}
