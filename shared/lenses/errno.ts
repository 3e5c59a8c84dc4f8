import type { Value } from '../value/value.ts'
import type { QualifiedName } from './names.ts'

/** Numbers that are the same on Linux and macOS, and those of Linux for connections. */
const classOfErrno: ReadonlyMap<number, string> = new Map([
  [1, 'PermissionError'],
  [2, 'FileNotFoundError'],
  [3, 'ProcessLookupError'],
  [4, 'InterruptedError'],
  [10, 'ChildProcessError'],
  [11, 'BlockingIOError'],
  [13, 'PermissionError'],
  [17, 'FileExistsError'],
  [20, 'NotADirectoryError'],
  [21, 'IsADirectoryError'],
  [32, 'BrokenPipeError'],
  [103, 'ConnectionAbortedError'],
  [104, 'ConnectionResetError'],
  [110, 'TimeoutError'],
  [111, 'ConnectionRefusedError'],
])

/**
 * The class that calling an exception class gives: `OSError(2, 'No such file')` is a
 * `FileNotFoundError` (CPython Objects/exceptions.c, OSError_new), which protocols
 * below 3 store as an OSError; IOError and EnvironmentError are names of OSError.
 */
export function raisedName(name: QualifiedName, args: readonly Value[]): QualifiedName {
  if (name.module !== 'builtins' || !/^(OS|IO|Environment)Error$/.test(name.name)) return name
  const [errno] = args
  const known = args.length > 1 && errno?.kind === 'int' ? classOfErrno.get(Number(errno.value)) : undefined
  return { module: 'builtins', name: known ?? 'OSError' }
}
