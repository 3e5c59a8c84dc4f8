const longestLine = 2_000

/** Lines to draw; a longer one is broken, so that no line is drawn for its own megabytes. */
export function linesOf(text: string): string[] {
  const lines: string[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.length <= longestLine) lines.push(line)
    else for (let at = 0; at < line.length; at += longestLine) lines.push(line.slice(at, at + longestLine))
  }
  return lines
}
