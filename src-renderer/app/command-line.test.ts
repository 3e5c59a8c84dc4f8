import { describe, expect, it } from 'vitest'
import { compareOptions } from '../features/compare/compare-link.ts'
import { withComparePlace } from '../features/compare/compare-place.ts'
import { commandOfPlace, showCommand } from './command-line.ts'
import { start, type Place } from './place.ts'

const place = (change: Partial<Place>): string => commandOfPlace({ ...start, ...change }, '/data/cache')
describe('the command line of an entry', () => {
  it('quotes what a shell would take apart', () => {
    expect(showCommand('/data/cache', 'b184')).toBe('hashcache show /data/cache b184')
    expect(showCommand("/it's a cache", '$(rm)')).toBe(String.raw`hashcache show '/it'\''s a cache' '$(rm)'`)
  })
})

describe('the command line of a view', () => {
  it('lists what the list shows', () => {
    expect(place({})).toBe('hashcache ls --sort=runAtSeconds:desc /data/cache')
    const query = `-user:ana "it's" $HOME`
    const sort = [{ column: 'arg:cutoff', descending: false }]
    expect(place({ query, sort })).toBe(
      String.raw`hashcache ls '--query=-user:ana "it'\''s" $HOME' --sort=arg:cutoff /data/cache`,
    )
  })

  it('sorts by as many columns, and names no saved filter by chance', () => {
    const sort = [
      { column: 'user', descending: false },
      { column: 'elapsedSeconds', descending: true },
    ]
    expect(place({ query: ' @home', sort })).toBe(
      `hashcache ls '--query= @home' --sort=user --sort=elapsedSeconds:desc /data/cache`,
    )
  })

  it('shows an entry, what loading it would do, or why it is there', () => {
    expect(place({ entry: 'ab' })).toBe('hashcache show /data/cache ab')
    expect(place({ entry: 'ab', tab: 'trust' })).toBe('hashcache trust /data/cache ab')
    const options = { 'bytes.at': '64@ab', 'bytes.show': 'opcodes' }
    expect(place({ entry: 'ab', tab: 'bytes', options })).toBe(
      'hashcache bytes --opcodes --at=64 /data/cache ab',
    )
    expect(place({ entry: 'ab', tab: 'why' })).toBe('hashcache why /data/cache ab')
  })

  it('draws what the plot draws', () => {
    const options = {
      'plot.x': 'params.cutoff',
      'plot.y': 'output."free energy"',
      'plot.color': 'user',
      'plot.as': 'line',
    }
    expect(place({ view: 'plot', entry: 'ab' })).toBe('hashcache points /data/cache')
    expect(place({ view: 'plot', query: '@home' })).toBe("hashcache points '--query= @home' /data/cache")
    expect(place({ view: 'plot', query: 'func:relax', options })).toBe(
      `hashcache points --query=func:relax --x=params.cutoff '--y=output."free energy"' --color=user --line /data/cache`,
    )
  })

  it('compares entries and caches as the view does', () => {
    const view = 'compare'
    expect(place({ view, options: compareOptions('/data/cache', 'a', 'b') })).toBe(
      'hashcache diff /data/cache a b',
    )
    expect(
      place({
        view,
        options: { leftKey: 'a', right: '/other', rightKey: 'b', tolerance: 'relative=1e-6,ulp=4' },
      }),
    ).toBe('hashcache diff --tolerance=relative=0.000001,ulp=4 /data/cache a /other b')
    const options = withComparePlace({}, { about: 'caches', by: 'call', right: '/o t', find: 'func:relax' })
    expect(place({ view, options })).toBe(`hashcache diff --by=call --query=func:relax /data/cache '/o t'`)
    expect(place({ view, options: compareOptions('/data/cache', 'a') })).toBe('hashcache why /data/cache a')
  })

  it('has one for each of the other views', () => {
    expect(place({ view: 'overview' })).toBe('hashcache overview /data/cache')
    expect(place({ view: 'jobs', options: { job: 'j1' } })).toBe('hashcache jobs show j1')
    expect(place({ view: 'jobs' })).toBe('hashcache jobs')
    expect(place({ view: 'trash' })).toBe('hashcache trash')
    expect(place({ view: 'trust', query: 'user:ana' })).toBe('hashcache trust --query=user:ana /data/cache')
  })
})
