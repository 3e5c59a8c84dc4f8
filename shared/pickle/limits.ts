/**
 * What a pickle may cost. There is no limit on depth: nothing in the reader
 * recurses on it. Lengths are always checked against the bytes present first;
 * these limits are for streams that are really there.
 */
export interface Limits {
  /**
   * Memory for the tree: `treeBytes + treeBytesPerInputByte × byteLength` of the
   * source, in bytes as V8 lays nodes out (an int in a list is about 64). It
   * bounds nodes, list slots, memo entries and texts together (`LIMIT_NODES`).
   */
  readonly treeBytes: number
  readonly treeBytesPerInputByte: number
  /** Bytes of one text (`LIMIT_SIZE`); V8 cannot hold texts beyond 2^29 characters. */
  readonly textBytes: number
  /** Bytes of one binary integer (LONG1, LONG4) (`LIMIT_SIZE`). */
  readonly integerBytes: number
  /** Decimal digits of an integer written as text, as CPython since 3.11 (`BAD_ARGUMENT`). */
  readonly integerDigits: number
  /** Bytes of any number written as text; only hexadecimal ones are longer than `integerDigits`. */
  readonly numberLineBytes: number
  /** Entries of the memo (`LIMIT_MEMO`); they exist only if something was put. */
  readonly memoEntries: number
}

export const defaultLimits: Limits = Object.freeze({
  treeBytes: 56 * 2 ** 20,
  treeBytesPerInputByte: 4,
  textBytes: 2 ** 28,
  integerBytes: 2 ** 20,
  integerDigits: 4300,
  numberLineBytes: 2 ** 16,
  memoEntries: 2 ** 23,
})

/** Memory that may still be used; one for a stream and all pickles nested in it. */
export interface Budget {
  bytes: number
}

export function budgetFor(limits: Limits, byteLength: number): Budget {
  return { bytes: limits.treeBytes + limits.treeBytesPerInputByte * byteLength }
}

/** Bytes that the parts of a tree take, measured on V8 without pointer compression. */
export const costs = Object.freeze({
  /** A node of up to four fields and its slot in a container. */
  leaf: 64,
  float: 80,
  text: 88,
  /** Of a text whose characters may all take two bytes. */
  textByte: 2,
  /** A node with an array or another object of its own. */
  container: 112,
  dict: 160,
  global: 136,
  object: 160,
  /** V8 makes an array of few items this much larger when it grows at all. */
  growth: 152,
  /** A slot for a node that exists. */
  reference: 12,
  /** A place on the stack that was never used before, with its offset and the copies while it grows. */
  stackPlace: 32,
  mark: 24,
  memo: 12,
  sparseMemo: 48,
})
