/**
 * How well `text` fits what was typed: higher is better, `undefined` is not at all.
 * All typed letters must occur in order; whole runs and word starts count more.
 */
export function fuzzyScore(text: string, typed: string): number | undefined {
  const haystack = text.toLowerCase()
  const needle = typed.toLowerCase().replace(/\s+/g, '')
  if (needle === '') return 0
  const whole = haystack.indexOf(typed.toLowerCase().trim())
  if (whole >= 0) return 1_000 - whole - haystack.length * 0.01
  let score = 0
  let at = -1
  for (const letter of needle) {
    const next = haystack.indexOf(letter, at + 1)
    if (next < 0) return undefined
    if (next === at + 1) score += 8
    else if (next === 0 || /[\s_./:-]/.test(haystack[next - 1] ?? '')) score += 6
    else score -= Math.min(5, next - at)
    at = next
  }
  return score - haystack.length * 0.01
}
