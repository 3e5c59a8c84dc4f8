/** The door for Node programs: everything of `index.ts`, and what needs Node: stores, the memoizer, decoding. */
export * from './index.ts'
export { backendAt, storeBackend } from './hashcache/backends.ts'
export { Float, fromJs, tuple, Tuple } from './hashcache/from-js.ts'
export {
  type Backend,
  dump,
  hashcache,
  type Hashcached,
  type HashcacheOptions,
  load,
  preset,
  type StoredRecord,
} from './hashcache/hashcache.ts'
export { NDArray, type NumericArray } from './hashcache/ndarray.ts'
export type { CallRecord, DumpRecord } from './hashcache/record.ts'
export { toJs } from './hashcache/to-js.ts'
export { decodeFile, decodeValue, type DecodedValue, type DecodeOptions } from './decode/decode.ts'
export type * from './stores/contract.ts'
export { detectStores } from './stores/detect.ts'
export { openStore } from './stores/registry.ts'
