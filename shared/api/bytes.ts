import { z } from 'zod'
import { problem } from './problem.ts'

/**
 * The bytes of an entry, and the way between them and its value (`docs/bytes.md`). Below `/api/stores/:store/entries/:key`:
 *
 *   GET bytes?of=decoded|stored&from=&to=  → application/octet-stream: bytes [from, to), at most `mostBytes` of them
 *   GET opcodes?from=&to=&at=              → OpcodePage; of pickles and joblib streams only
 *   GET node?offset=                       → NodePlace: the innermost node that has this byte of the decoded stream
 *   GET way?path=                          → WayStep[]: what has to be unfolded to see a node, the root first
 *
 * All offsets count from the start of the decoded stream, but those of `of=stored`.
 */

export const mostBytes = 64 * 1024
export const mostOpcodes = 500

/** `decoded`: what is left of the stored bytes when wrapping and compression are taken off, which spans of nodes are of. */
export const byteStreams = ['decoded', 'stored'] as const
export type ByteStream = (typeof byteStreams)[number]

/** A line of the listing; `shared/pickle/listing.ts`. */
const opcodeRow = z.object({
  /** Its number, from 0. */
  row: z.number(),
  /** `array`: elements of a joblib array, stepped over; `fault`: bytes that are no opcode; `rest`: what was not read. */
  kind: z.enum(['operation', 'array', 'fault', 'rest']),
  offset: z.number(),
  end: z.number(),
  /** Open marks: how far it is indented. */
  depth: z.number(),
  name: z.string().optional(),
  /** The argument for people, in one line: a Python literal, or how many bytes. */
  argument: z.string().optional(),
  /** What it takes from the stack and what it puts there: `any any → any`. */
  effect: z.string().optional(),
  /** Number that MEMOIZE gives in the memo. */
  memo: z.number().optional(),
  /** Values and marks on the stack behind it. */
  stack: z.number().optional(),
  /** Offset of the MARK that it takes away. */
  mark: z.number().optional(),
  problem: problem.optional(),
})

/** How many lines there are is known when the stream has been gone through once, which goes on with every request. */
export const opcodePage = z.object({
  from: z.number(),
  rows: z.array(opcodeRow),
  /** Lines known so far, and the bytes that they are about; all of them with `isComplete`. */
  known: z.number(),
  knownBytes: z.number(),
  isComplete: z.boolean(),
  /** Line of the byte that was asked for with `at`, once it is known. */
  at: z.number().optional(),
})

/** Child numbers of the node, joined by dots; absent where the byte belongs to no node. */
export const nodePlace = z.object({ path: z.string().optional() })

const wayStep = z.object({ path: z.string(), facts: z.number(), children: z.number() })
/** Empty where the node is nested so deeply that no tree shows it. */
export const way = z.array(wayStep)

export type OpcodeRow = z.infer<typeof opcodeRow>
export type OpcodePage = z.infer<typeof opcodePage>
export type NodePlace = z.infer<typeof nodePlace>
export type WayStep = z.infer<typeof wayStep>
