import { Catalog } from '../../../shared/catalog/catalog.ts'
import { compareCaches, matchingKeys } from '../../../shared/compare/compare.ts'
import { ResultFile } from '../../../shared/compare/result-file.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import type { CompareLinesTask, CompareRunTask, CompareStep, CompareTask } from './compare-task.ts'
import { replying } from './reply.ts'

/** Result files that this thread reads. */
const open = new Map<string, ResultFile>()

async function run(task: CompareTask): Promise<unknown> {
  switch (task.ask) {
    case 'run':
      return compare(task)
    case 'lines':
      return lines(task)
    case 'totals':
      return resultOf(task.file).totals()
    case 'close':
      open.get(task.file)?.[Symbol.dispose]()
      open.delete(task.file)
      return undefined
  }
}

/** Opens both stores read-only and their catalogs, compares, closes all. */
async function compare({
  file,
  stores,
  catalogFiles,
  by,
  tolerance,
  port,
}: CompareRunTask): Promise<unknown> {
  const cancelling = new AbortController()
  port.on('message', () => cancelling.abort())
  try {
    await using left = await openStore(stores[0])
    await using right = await openStore(stores[1])
    using leftCatalog = Catalog.open(catalogFiles[0])
    using rightCatalog = Catalog.open(catalogFiles[1])
    using result = ResultFile.create(file)
    await compareCaches(
      { store: left, catalog: leftCatalog },
      { store: right, catalog: rightCatalog },
      result,
      {
        by,
        tolerance,
        signal: cancelling.signal,
        onProgress: (step: CompareStep) => port.postMessage(step),
      },
    )
    return result.totals()
  } finally {
    port.close()
  }
}

function resultOf(file: string): ResultFile {
  const known = open.get(file)
  if (known) return known
  const result = ResultFile.open(file)
  open.set(file, result)
  return result
}

function lines({ file, catalogFiles, relations, query, from, to }: CompareLinesTask): unknown {
  if (query.trim() === '') return resultOf(file).lines(relations, from, to)
  const matching = catalogFiles.map((catalogFile) => {
    using catalog = Catalog.open(catalogFile)
    return [...matchingKeys(catalog, query)].flat()
  })
  return resultOf(file).lines(relations, from, to, matching)
}

export default replying(run)
