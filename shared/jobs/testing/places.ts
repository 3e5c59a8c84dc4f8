import { join } from 'node:path'

/** A writable cache of each backend: where it is made in a folder, and what Python opens there. */
export interface Place {
  readonly name: string
  readonly url: string
  /** Python that defines `read(key)`: the record under a key as the loaders of the articles find it, or None. */
  readonly loader: string
}

const joblibBytes = (value: string): string => `joblib.load(io.BytesIO(${value}))`

export function placesIn(folder: string, redisPort: number): Place[] {
  const at = (name: string): string => join(folder, name)
  return [
    {
      name: 'fs',
      url: `fs:${at('fs')}`,
      loader: `
def read(key):
    path = os.path.join(${JSON.stringify(at('fs'))}, key[:2], key)
    return joblib.load(path) if os.path.exists(path) else None`,
    },
    {
      name: 'json',
      url: `json:${at('json')}`,
      loader: `
def read(key):
    path = os.path.join(${JSON.stringify(at('json'))}, key[:2], key + '.json')
    return json.load(open(path)) if os.path.exists(path) else None`,
    },
    {
      name: 'sqlite',
      url: `sqlite:${at('blob.sqlite')}`,
      loader: `
import sqlite3
db = sqlite3.connect(${JSON.stringify(at('blob.sqlite'))})
def read(key):
    row = db.execute('SELECT value FROM cache WHERE hash = ?', (key,)).fetchone()
    return row and ${joblibBytes('row[0]')}`,
    },
    {
      name: 'sqlite text',
      url: `sqlite:${at('text.sqlite')}?form=json`,
      loader: `
import sqlite3
db = sqlite3.connect(${JSON.stringify(at('text.sqlite'))})
def read(key):
    row = db.execute('SELECT value FROM cache WHERE hash = ?', (key,)).fetchone()
    return row and json.loads(row[0])`,
    },
    {
      name: 'lmdb',
      url: `lmdb:${at('cache.lmdb')}`,
      loader: `
import lmdb
db = lmdb.open(${JSON.stringify(at('cache.lmdb'))}, map_size=2**30)
def read(key):
    with db.begin() as txn:
        value = txn.get(key.encode())
    return None if value is None else ${joblibBytes('value')}`,
    },
    ...(['dumb', 'gnu'] as const).map((format) => ({
      name: `shelve ${format}`,
      url: `shelve:${at(`shelve-${format}`)}?format=${format}`,
      loader: `
import dbm.${format}, shelve
db = shelve.Shelf(dbm.${format}.open(${JSON.stringify(at(`shelve-${format}`))}))
def read(key):
    return ${joblibBytes('db[key]')} if key in db else None`,
    })),
    {
      name: 'shelve sqlite3',
      url: `shelve:${at('shelve-sqlite3')}?format=sqlite3`,
      // Python 3.13's dbm.sqlite3, by what it stores: the machine may have an older one.
      loader: `
import sqlite3, pickle
db = sqlite3.connect(${JSON.stringify(at('shelve-sqlite3'))})
def read(key):
    row = db.execute('SELECT value FROM Dict WHERE key = CAST(? AS BLOB)', (key.encode(),)).fetchone()
    return row and ${joblibBytes('pickle.loads(row[0])')}`,
    },
    {
      name: 'archive',
      url: `archive:${at('results.hashcache')}`,
      // As another machine would read it without us: docs/archive.md.
      loader: `
import hashlib, sqlite3
db = sqlite3.connect(${JSON.stringify(at('results.hashcache'))})
def read(key):
    row = db.execute('SELECT value, sha256 FROM entries WHERE key = ?', (key.encode(),)).fetchone()
    if row is None: return None
    assert hashlib.sha256(row[0]).hexdigest() == row[1]
    return json.loads(row[0]) if row[0][:1] == b'{' else ${joblibBytes('row[0]')}`,
    },
    {
      name: 'redis',
      url: `redis://127.0.0.1:${redisPort}/0`,
      loader: `
import redis
db = redis.Redis(port=${redisPort})
def read(key):
    value = db.get(key)
    return None if value is None else ${joblibBytes('value')}`,
    },
  ]
}
