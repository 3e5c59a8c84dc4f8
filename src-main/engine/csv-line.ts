/** A line of CSV with its end; quotes only where they are needed. */
export function csvLine(cells: readonly string[]): string {
  // A lone empty cell would be an empty line, which readers skip.
  return cells.length === 1 && cells[0] === '' ? '""\n' : cells.map(quoted).join(',') + '\n'
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
