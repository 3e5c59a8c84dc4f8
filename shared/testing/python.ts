import { existsSync } from 'node:fs'

/**
 * The Python that interop tests run: `HASHCACHE_PYTHON`, else the system's own
 * (a Python from a version manager has no joblib or lmdb), else whatever is found.
 */
export const python =
  process.env.HASHCACHE_PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3')
