import { AppError } from '../../model/errors.ts'

/** `data.column` counts from 1; `sentence` says what was expected, and ends without a full stop. */
export function badQuery(column: number, sentence: string): AppError {
  return new AppError('BAD_QUERY', `Filter, column ${column}: ${sentence}.`, { data: { column } })
}

/** A piece of the user's text as a message quotes it: shortened, on one line. */
export function quote(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ')
  return `'${oneLine.length > 40 ? oneLine.slice(0, 40) + '…' : oneLine}'`
}
