import type { Row } from '../api/contract.ts'
import type { NearCall, Why, WhyReason } from '../api/why.ts'

type Facts = Omit<Why, 'reasons'>

/** What the facts mean, in sentences; what holds for every key of this kind comes last. */
export function reasonsOf(facts: Facts): WhyReason[] {
  if (facts.row.kind !== 'call' || facts.row.func === undefined) return [noCall(facts.row)]
  const reasons = [...sameCallReasons(facts), ...nearestReasons(facts)]
  if (facts.callsOfFunction === 1) {
    reasons.push({ code: 'onlyCall', sentence: `It is the only call of ${facts.row.func} in this cache.` })
  }
  // pycse's keys are SHA-1; joblib.Memory and diskcache make theirs in other ways.
  if (/^[0-9a-f]{40}$/.test(facts.row.key)) reasons.push(unseen(facts.row.func))
  else {
    const sentence =
      'This key is none of pycse.hashcache (40 hex digits), so what it is made of is not known here.'
    reasons.push({ code: 'otherKeys', sentence })
  }
  return reasons
}

function noCall({ kind, func }: Row): WhyReason {
  const sentence =
    kind === 'dump'
      ? 'It was saved by dump(): its key is the MD5 of the values as they were saved, so other values give another key.'
      : func === undefined
        ? 'It is no record of a call, so there are no arguments to compare.'
        : 'Its record cannot be read as a call, so there are no arguments to compare.'
  return { code: 'noCall', sentence }
}

function sameCallReasons({ row, sameCall, newerKey }: Facts): WhyReason[] {
  if (sameCall.total === 0) return []
  const times =
    sameCall.total === 1 ? 'once more, under another key' : `${sameCall.total} more times, under other keys`
  const reasons: WhyReason[] = [
    {
      code: 'keyOnly',
      sentence:
        `${row.func} was called with the same arguments ${times}. Only the function's part of the ` +
        `key differs then: its code was edited, or another Python version compiled it to other bytecode.${hint(row, sameCall.rows)}` +
        (sameCall.isCertain
          ? ''
          : ' The index holds some arguments shortened only: compare the entries to be sure that they are equal.'),
    },
  ]
  if (newerKey !== undefined) {
    reasons.push({ code: 'superseded', sentence: `A newer entry of the same call exists: ${newerKey}.` })
  }
  return reasons
}

/** What else the records say that differs, and speaks for one of the causes. */
function hint(row: Row, others: readonly Row[]): string {
  const differs = (field: 'version' | 'host' | 'user' | 'cwd'): string | undefined =>
    others.map((other) => other[field]).find((text) => text !== undefined && text !== row[field])
  const version = differs('version')
  if (version !== undefined && row.version !== undefined) {
    return ` The records were written by hashcache ${row.version} and ${version}, which may also make keys in another way.`
  }
  const host = differs('host')
  if (host !== undefined && row.host !== undefined) {
    return ` They ran on ${row.host} and ${host}, which may have unlike Python versions.`
  }
  return ' The record does not say which Python ran it.'
}

function nearestReasons({ nearest }: Facts): WhyReason[] {
  const [first] = nearest
  if (!first) return []
  const reasons: WhyReason[] = [
    { code: 'arguments', sentence: `The nearest other call differs in ${differencesText(first)}.` },
  ]
  const typed = nearest.flatMap(({ differing }) => differing).find(isOnlyType)
  if (typed) {
    reasons.push({
      code: 'types',
      sentence:
        `${typed.name} is ${typed.here!.preview} (${typed.here!.type}) here and ${typed.there!.preview} ` +
        `(${typed.there!.type}) there: equal in Python, but another key.`,
    })
  }
  return reasons
}

function differencesText({ differing }: NearCall): string {
  const shown = differing
    .slice(0, 3)
    .map(
      ({ name, here, there }) =>
        `${name} (${here?.preview ?? 'absent'} here, ${there?.preview ?? 'absent'} there)`,
    )
  const rest = differing.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

/** `400` and `400.0`, `1` and `True`. */
function isOnlyType({ here, there }: NearCall['differing'][number]): boolean {
  if (!here || !there || here.type === there.type) return false
  const [a, b] = [numberOf(here.preview), numberOf(there.preview)]
  return a !== undefined && a === b
}

function numberOf(preview: string): number | undefined {
  if (preview === 'True' || preview === 'False') return Number(preview === 'True')
  return /^-?\d/.test(preview) && Number.isFinite(Number(preview)) ? Number(preview) : undefined
}

function unseen(func: string): WhyReason {
  return {
    code: 'unseen',
    sentence:
      `A key of pycse is the function's name, its bytecode and the arguments. It does not see constants (x * 42 edited to ` +
      `x * 43), the names of what ${func} calls (math.sin edited to math.cos), nor the code of functions that it calls: ` +
      `after such an edit the old result is still answered. A new Python version may change the bytecode, and then every call is computed anew.`,
  }
}
