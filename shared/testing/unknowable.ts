/**
 * Whether a difference from `pickles/expected.json`, as `FILE/path: …`, is of what the truth says of the live
 * object and no file holds: the values of enum members where Python 3.11 stored their names, and the order
 * in which Python 2 walked a Counter, which is not the order in which it wrote it.
 */
export function isUnknowable(line: string): boolean {
  return (
    /^np2-p[24]-classes\.pkl\/\w+\/\$enum\/(value|names):/.test(line) ||
    /^py27-p\d-stdlib\.pkl\/counter\/items\//.test(line)
  )
}
