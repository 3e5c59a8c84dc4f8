import type {
  ArrayStatistics,
  ArrayWindow,
  EntryDetail,
  TreePage,
  TrustReport,
} from '../../../shared/api/contract.ts'
import type { SpyRequest } from '../../../shared/lenses/spy.ts'
import type { FileRange, StoreLocation } from '../../../shared/stores/contract.ts'
import type { ExportFormat } from '../../../shared/api/pictures.ts'
import type { TableColumns, TableHead } from '../../../shared/api/tables.ts'
import type { ToleranceAmounts } from '../../../shared/api/compare.ts'
import type { CompareQuestion } from '../values/compare.ts'
import type { ByteStream, NodePlace, OpcodePage, WayStep } from '../../../shared/api/bytes.ts'
import type { FindPage } from '../../../shared/api/find.ts'
import type { OpcodeQuestion } from '../values/bytes.ts'
import type { WindowRequest } from '../values/arrays.ts'
import type { ImageQuestion, LineQuestion, PlaneQuestion } from '../values/pictures.ts'

/** The entry that is asked about. */
export interface EntryAddress {
  /** Id of the connection, and what it leads to. */
  readonly id: string
  readonly store: StoreLocation
  /** Shown key. */
  readonly key: string
}

/** A question about two entries. */
export interface CompareTask {
  readonly ask: 'compare'
  readonly left: EntryAddress
  readonly right: EntryAddress
  readonly tolerance: ToleranceAmounts
  readonly question: CompareQuestion
}

/** A question about one entry's value. */
export type ValueTask =
  | ({ readonly ask: 'detail' } & EntryAddress)
  | ({
      readonly ask: 'tree'
      readonly path: readonly number[]
      readonly from: number
      readonly to: number
    } & EntryAddress)
  | ({
      readonly ask: 'array'
      readonly path: readonly number[]
      readonly window: WindowRequest
    } & EntryAddress)
  | ({ readonly ask: 'statistics'; readonly path: readonly number[] } & EntryAddress)
  | ({
      readonly ask: 'text'
      readonly path: readonly number[]
      readonly as: 'json' | 'python'
    } & EntryAddress)
  | ({
      readonly ask: 'line'
      readonly path: readonly number[]
      readonly question: LineQuestion
    } & EntryAddress)
  | ({
      readonly ask: 'plane'
      readonly path: readonly number[]
      readonly question: PlaneQuestion
    } & EntryAddress)
  | ({
      readonly ask: 'image'
      readonly path: readonly number[]
      readonly question: ImageQuestion
    } & EntryAddress)
  | ({ readonly ask: 'table'; readonly path: readonly number[] } & EntryAddress)
  | ({
      readonly ask: 'columns'
      readonly path: readonly number[]
      readonly columns: readonly [number, number]
    } & EntryAddress)
  | ({ readonly ask: 'spy'; readonly path: readonly number[]; readonly question: SpyRequest } & EntryAddress)
  | ({ readonly ask: 'atoms'; readonly path: readonly number[] } & EntryAddress)
  | ({ readonly ask: 'export'; readonly path: readonly number[]; readonly as: ExportFormat } & EntryAddress)
  | { readonly ask: 'exportNext'; readonly session: string }
  | { readonly ask: 'exportEnd'; readonly session: string }
  | ({ readonly ask: 'trust' } & EntryAddress)
  | ({ readonly ask: 'place' } & EntryAddress)
  | ({
      readonly ask: 'bytes'
      readonly of: ByteStream
      readonly from: number
      readonly to: number
    } & EntryAddress)
  | ({ readonly ask: 'opcodes'; readonly question: OpcodeQuestion } & EntryAddress)
  | ({ readonly ask: 'node'; readonly offset: number } & EntryAddress)
  | ({ readonly ask: 'find'; readonly text: string; readonly from: number } & EntryAddress)
  | ({ readonly ask: 'way'; readonly path: readonly number[] } & EntryAddress)
  | CompareTask
  | { readonly ask: 'close'; readonly id: string }

export interface ValueAnswers {
  detail: EntryDetail
  tree: TreePage
  array: ArrayWindow
  statistics: ArrayStatistics
  text: { readonly text: string; readonly isCut: boolean }
  /** Frames, see `shared/api/pictures.ts`. */
  line: Uint8Array
  plane: Uint8Array
  image: Uint8Array
  spy: Uint8Array
  atoms: Uint8Array
  table: TableHead
  columns: TableColumns
  /** Name of the export, for `exportNext` until that answers `undefined`; `exportEnd` gives it up. */
  export: string
  exportNext: Uint8Array | undefined
  exportEnd: undefined
  trust: TrustReport
  /** Where the stored bytes are; without a file they are asked for with `bytes`. */
  place: { readonly sizeBytes: number; readonly file?: FileRange }
  bytes: Uint8Array
  opcodes: OpcodePage
  node: NodePlace
  way: readonly WayStep[]
  find: FindPage
  close: undefined
}
