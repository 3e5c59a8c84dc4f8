import type { TargetPlace } from '../../shared/api/locations.ts'
import { openTarget, strangersIn } from '../../shared/jobs/migrate/place.ts'
import { AppError } from '../../shared/model/errors.ts'
import { withoutSecrets } from '../../shared/model/secrets.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'
import { expandHome, titleOf } from './probe.ts'

/** Where a migration is to write, as it was typed. A target that is not there yet needs its kind said. */
export async function resolveTarget(text: string): Promise<StoreLocation> {
  try {
    return await resolveStore(expandHome(text))
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'NOT_FOUND') throw thrown
    throw new AppError('USAGE', `There is no cache at ${text} yet; choose the kind to make there.`, {
      cause: thrown,
    })
  }
}

/** What stands there, or will be made; `from`: the location of the source. Servers are not asked: this is called while somebody is typing. */
export async function lookAtTarget(text: string, from: string): Promise<TargetPlace> {
  const location = await resolveTarget(text)
  const kindTitle = titleOf(location.kind)
  if (location.kind === 'redis') return { kindTitle, location: withoutSecrets(location.path), warnings: [] }
  const source = { ...(await resolveStore(from)), location: from }
  await using store = await openTarget(location, { from: source, open: (each) => openStore(each) })
  const strangers = store && (await strangersIn(store))
  return {
    kindTitle,
    location: location.path,
    isThere: store !== undefined,
    warnings: strangers === undefined ? [] : [strangers],
  }
}
