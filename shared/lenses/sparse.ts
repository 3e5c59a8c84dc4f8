import type { ByteSource } from '../model/source.ts'
import { parseDType } from '../numpy/dtype.ts'
import { integersOf, itemsOf } from '../numpy/nodes.ts'
import { asArray } from './arrays.ts'
import type { ObjectParts } from './parts.ts'
import { fieldOf } from './parts.ts'
import type { View } from './view.ts'

const className = /^(csr|csc|coo|bsr|dia|dok|lil)_(matrix|array)$/

/** A matrix or array of scipy.sparse: format, shape and how many elements are stored. */
export function sparseView(parts: ObjectParts, source: ByteSource): View | undefined {
  const { name } = parts
  const format = name?.module.startsWith('scipy.sparse') ? className.exec(name.name)?.[1] : undefined
  if (!format) return undefined
  const shape = integersOf(fieldOf(parts, '_shape') ?? fieldOf(parts, 'shape'))
  if (!shape) return undefined
  const dataNode = fieldOf(parts, 'data')
  const data = dataNode && asArray(dataNode, source)
  const dtypeNode = fieldOf(parts, 'dtype')
  const dtype = data && data.dtype.kind !== 'O' ? data.dtype : dtypeNode && parseDType(dtypeNode, source)
  return { kind: 'sparse', format, shape, stored: storedElements(format, parts, source), dtype, parts }
}

function storedElements(format: string, parts: ObjectParts, source: ByteSource): number | undefined {
  if (format === 'dok') {
    const dict = fieldOf(parts, '_dict') ?? parts.args[0]
    return dict?.kind === 'dict' ? dict.keys.length : parts.dictKeys?.length
  }
  const node = fieldOf(parts, 'data')
  const data = node && asArray(node, source)
  if (format !== 'lil') return data?.size
  let stored = 0
  for (const row of data?.items ?? []) stored += itemsOf(row)?.length ?? 0
  return data && stored
}
