import { AppError } from '../model/errors.ts'

/** Of a write to a store that was opened without it. `place`: its location or path. */
export function openedForReading(place: string): AppError {
  return new AppError('READ_ONLY', `${place} is open for reading only; unlock it for writing first.`, {
    data: { path: place },
  })
}

/** Of any use of a store after its end, which is a fault of the program. */
export function usedAfterClose(place: string): AppError {
  return new AppError('INTERNAL', `The cache ${place} was used after it was closed.`)
}
