import { describe, expect, it } from 'vitest'
import { dataFolder, indexFile } from './location.ts'

describe('location', () => {
  it('is where the platform keeps the data of programs, or where the user says', () => {
    expect(dataFolder({ HASHCACHE_DATA: '/d' }, 'linux', '/home/ana')).toBe('/d')
    expect(dataFolder({ XDG_DATA_HOME: '/x' }, 'linux', '/home/ana')).toBe('/x/hashcache-inspector')
    expect(dataFolder({}, 'linux', '/home/ana')).toBe('/home/ana/.local/share/hashcache-inspector')
    expect(dataFolder({}, 'darwin', '/Users/ana')).toBe(
      '/Users/ana/Library/Application Support/hashcache-inspector',
    )
    expect(dataFolder({ LOCALAPPDATA: '/local' }, 'win32', '/Users/ana')).toBe('/local/hashcache-inspector')
  })

  it('has one index file for a kind and a location', () => {
    const file = indexFile({ kind: 'fs', location: '/a/cache' }, '/data')
    expect(file).toMatch(/^\/data\/index\/[0-9a-f]{32}\.sqlite$/)
    expect(indexFile({ kind: 'fs', location: '/a/cache' }, '/data')).toBe(file)
    expect(indexFile({ kind: 'json', location: '/a/cache' }, '/data')).not.toBe(file)
  })
})
