import type { EntryDetail, Row, TreeNode } from '../../../shared/api/contract.ts'
import { summarize } from '../../../shared/records/summarize.ts'
import type { EntrySummary } from '../../../shared/model/record.ts'
import type { DictValue } from '../../../shared/value/value.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { sha256Of } from '../../../shared/catalog/documents.ts'
import { formatPath, labelOf, treeNode } from './tree.ts'

/** Larger values are not hashed for being looked at, nor those read by ranges: a person would wait for it. */
const hashLimitBytes = 64 * 1024 * 1024

/** Everything about one entry but its value's inside. */
export function entryDetail(location: string, key: string, document: Document): EntryDetail {
  const { decoded, stored } = document
  const summary = summarize(decoded)
  const { root, source } = decoded
  return {
    row: rowOf(key, stored.byteLength, summary),
    location,
    format: {
      kind: decoded.format,
      protocol: decoded.protocol,
      compressor: decoded.compressor,
      storedBytes: stored.byteLength,
      decodedBytes: source.byteLength,
      sha256: stored.byteLength <= hashLimitBytes && !document.answer ? sha256Of(stored) : '',
      modifiedMs: document.modifiedMs,
    },
    ...(summary.kind !== 'foreign' && root?.kind === 'dict' ? recordParts(root, document) : { fields: [] }),
    root: root && treeNode(root, { path: [], label: { kind: 'root', text: '' }, ancestors: [], source }),
    problem: decoded.problem,
  }
}

/** The fields of a record in stored order, and where its arguments and its output are. */
function recordParts(
  record: DictValue,
  { decoded }: Document,
): Pick<EntryDetail, 'fields' | 'argumentsPath' | 'outputPath'> {
  const { source } = decoded
  const fields: TreeNode[] = []
  let outputPath: string | undefined
  const paths = new Map<string, string>()
  for (const [index, key] of record.keys.entries()) {
    const value = record.values[index]
    if (!value) continue
    const name = key.kind === 'str' ? key.value : undefined
    const path = [index]
    if (name !== undefined) paths.set(name, formatPath(path))
    if (name === 'output') outputPath = formatPath(path)
    else
      fields.push(
        treeNode(value, { path, label: labelOf({ kind: 'key', key }, source), ancestors: [record], source }),
      )
  }
  return { fields, argumentsPath: paths.get('standardized-kwargs') ?? paths.get('kwargs'), outputPath }
}

/** A summary as a row of the list. */
export function rowOf(key: string, sizeBytes: number | undefined, summary: EntrySummary): Row {
  const { args: _args, ...columns } = summary
  return { key, ...columns, sizeBytes }
}
