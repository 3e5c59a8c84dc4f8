import { once } from 'node:events'
import { isatty } from 'node:tty'

/** Where a command writes. Pieces wait until the reader has taken them; a reader that goes away ends the program quietly. */
export interface Output {
  /** Whether people look at it: then columns are cut to the width, and colours are on unless NO_COLOR is set. */
  readonly isTerminal: boolean
  readonly hasColours: boolean
  /** Columns of the terminal. */
  readonly width: number
  write(piece: string | Uint8Array): Promise<void>
}

export function standardOutput(): Output {
  const { stdout } = process
  // `head` closes the pipe when it has enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 2)
  })
  const isTerminal = isatty(stdout.fd)
  const noColour = process.env.NO_COLOR
  return {
    isTerminal,
    hasColours: isTerminal && (noColour === undefined || noColour === ''),
    width: stdout.columns ?? 100,
    async write(piece) {
      if (!stdout.write(piece)) await once(stdout, 'drain')
    },
  }
}

const escapes = { bold: '1', dim: '2', red: '31', yellow: '33', cyan: '36' } as const

export function paint(output: Output, colour: keyof typeof escapes, text: string): string {
  return output.hasColours ? `\u001b[${escapes[colour]}m${text}\u001b[0m` : text
}

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const gap = '  '

/** Lines of an aligned table. On a terminal the last column is cut to the width; in a pipe nothing is. */
/** Columns are not padded further than this: one long name would push all others off the screen. */
const widestPadded = 60

export function* tableLines(
  output: Output,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): Generator<string> {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, Math.min(row[i]?.length ?? 0, widestPadded)), title.length),
  )
  const line = (cells: readonly string[]): string => {
    const padded = columns.map(({ align }, i) => {
      const cell = cells[i] ?? ''
      if (align === 'right') return cell.padStart(widths[i] ?? 0)
      return i === columns.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)
    })
    const text = padded.join(gap).trimEnd()
    return output.isTerminal && text.length > output.width ? text.slice(0, output.width - 1) + '…' : text
  }
  yield paint(output, 'bold', line(columns.map(({ title }) => title))) + '\n'
  for (const row of rows) yield line(row) + '\n'
}

/** The text of a value that may be absent: then nothing. */
export function optional<Value>(value: Value | undefined, text: (value: Value) => string): string {
  return value === undefined ? '' : text(value)
}

/** UTC, to the second. */
export function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString().slice(0, 19).replace('T', ' ')
}
