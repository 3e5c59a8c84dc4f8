import { encodeFrame } from '../../../shared/api/pictures.ts'
import type { SpyHeader } from '../../../shared/api/sparse.ts'
import { sparseMatrix } from '../../../shared/lenses/sparse-matrix.ts'
import type { SpyRequest } from '../../../shared/lenses/spy.ts'
import { spyOf } from '../../../shared/lenses/spy.ts'
import { viewOf } from '../../../shared/lenses/view-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { readAhead } from '../../../shared/model/source.ts'
import type { Value } from '../../../shared/value/value.ts'

/** Some 0.3 GB: below a second from memory. Larger ones are sampled. */
const budget = { exact: 1 << 24, sample: 1 << 21 }
/** The same of what has to be fetched: some 30 MB. */
const farBudget = { exact: 1 << 21, sample: 1 << 20 }
const mostCells = 1_000

/** Where the elements of a sparse matrix are. Throws `USAGE` for other nodes. */
export function spyPicture(node: Value, source: ByteSource, question: SpyRequest): Uint8Array {
  const view = viewOf(node, source)
  const matrix = view.kind === 'sparse' ? sparseMatrix(view, source) : undefined
  if (!matrix)
    throw new AppError(
      'USAGE',
      view.kind === 'sparse'
        ? `The arrays of this ${view.format} matrix do not fit together; look at them in the tree.`
        : 'This value is no sparse matrix; choose one in the tree.',
    )
  const { height, width } = question
  const request = { ...question, height: Math.min(height, mostCells), width: Math.min(width, mostCells) }
  const { counts, means, ...summary } = readAhead(source, () =>
    spyOf(matrix, request, source.isFar ? farBudget : budget),
  )
  const header: SpyHeader = {
    ...summary,
    rows: [...summary.rows],
    columns: [...summary.columns],
    shape: [matrix.rows, matrix.columns],
    stored: matrix.stored,
    dtype: matrix.dtype,
  }
  return encodeFrame({
    header,
    arrays: { counts: Float32Array.from(counts), means: Float32Array.from(means) },
  })
}
