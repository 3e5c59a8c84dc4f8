import type { Store, StoreLocation } from '../stores/contract.ts'

/**
 * Opens for writing a cache that has to be there. A store that is opened for writing makes what is missing, which of a cache
 * that was moved, or whose disk is not mounted now, would leave an empty one in its place.
 *
 * @throws AppError NOT_FOUND, and what opening it throws
 */
export async function openThere(
  open: (location: StoreLocation, options: { write: boolean }) => Promise<Store>,
  location: StoreLocation,
): Promise<Store> {
  await (await open(location, { write: false }))[Symbol.asyncDispose]()
  return open(location, { write: true })
}
