import { withComparePlace } from './compare-place.ts'

/** The options of the view that compares two entries of one cache; without the second it asks for it. */
export function compareOptions(
  location: string,
  leftKey: string,
  rightKey?: string,
): Readonly<Record<string, string>> {
  return withComparePlace(
    {},
    { left: location, leftKey, right: location, ...(rightKey !== undefined && { rightKey }) },
  )
}
