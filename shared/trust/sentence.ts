import type { Problem } from '../model/errors.ts'
import type { Verdict } from './trust.ts'

interface Sums {
  readonly imports: number
  readonly calls: number
  readonly warnings: number
  /** Of all three. */
  readonly unknown: number
}

/** The whole report in a sentence or two. It never says that loading something is safe. */
export function sentenceOf(verdict: Verdict, sums: Sums, problem: Problem | undefined): string {
  const does = `import ${some(sums.imports, 'name')} and make ${some(sums.calls, 'call')}`
  const cut = problem ? ' The bytes are damaged or cut, so not everything was seen.' : ''
  switch (verdict) {
    case 'data':
      return 'Loading this would import nothing and call nothing: it is plain data.'
    case 'known':
      return `Loading this would ${does}, all of them known to build plain data.`
    case 'broken':
      return `The bytes are damaged or cut, so what loading this would do is not fully known; as far as was seen, it would ${does}.`
    case 'unknown':
      return `Loading this would ${does}${doubts(sums)}.${cut}`
  }
}

function doubts({ unknown, warnings }: Sums): string {
  const named = unknown - warnings
  const ofThese = named === 0 ? '' : `; ${named} of these ${named === 1 ? 'is' : 'are'} not known safe`
  return warnings === 0 ? ofThese : `${ofThese}; it also needs ${some(warnings, 'thing')} not seen here`
}

function some(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}
