import type { AtomsHeader } from '../../shared/api/atoms.ts'
import type { SpyHeader } from '../../shared/api/sparse.ts'
import type { TableColumns, TableHead } from '../../shared/api/tables.ts'
import { callFrame, pictureQuery, type PictureParameters } from './pictures.ts'
import { valueQuery, type ValueAddress } from './queries.ts'
import { address, request } from './request.ts'

/** Columns whose figures are asked for at once. */
export const columnsPerPage = 16

export function tableQuery(value: ValueAddress) {
  return valueQuery<TableHead>('table', value)
}

export function columnsQuery(value: ValueAddress, page: number) {
  return valueQuery<TableColumns>('columns', value, {
    columns: `${page * columnsPerPage}:${(page + 1) * columnsPerPage}`,
  })
}

export function spyQuery(value: ValueAddress, parameters: PictureParameters) {
  return pictureQuery('spy', value, parameters, (signal) =>
    callFrame<SpyHeader>('spy', value, parameters, signal),
  )
}

export function atomsQuery(value: ValueAddress) {
  return pictureQuery('atoms', value, {}, (signal) => callFrame<AtomsHeader>('atoms', value, {}, signal))
}

export async function xyzText({ store, key, path }: ValueAddress): Promise<string> {
  const response = await request(address(['stores', store, 'entries', key, 'export'], { path, as: 'xyz' }))
  return response.text()
}
