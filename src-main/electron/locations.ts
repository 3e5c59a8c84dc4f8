/** The caches named on the command line: what stands after the program (and, unpackaged, after the app's path), without switches. */
export function namedLocations(argv: readonly string[], isPackaged: boolean): string[] {
  return argv.slice(isPackaged ? 1 : 2).filter((argument) => argument !== '' && !argument.startsWith('-'))
}
