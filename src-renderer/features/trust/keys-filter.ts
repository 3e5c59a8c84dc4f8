/** A filter text must not be longer; the limit of the language, with room for what is put behind it. */
const mostCharacters = 9_000

/** The filter that finds just these entries, and how many of them stand in it: with none it is empty. */
export function keysFilter(keys: readonly string[]): { readonly filter: string; readonly count: number } {
  const quoted: string[] = []
  let length = 0
  for (const key of keys) {
    const text = `"${key.replace(/["\\]/g, '\\$&')}"`
    length += text.length + 2
    if (length > mostCharacters) break
    quoted.push(text)
  }
  if (quoted.length === 0) return { filter: '', count: 0 }
  const filter = quoted.length === 1 ? `key=${quoted[0]}` : `key=(${quoted.join(', ')})`
  return { filter, count: quoted.length }
}
