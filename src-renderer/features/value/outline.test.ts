import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childPath, createOutline, rowAt, rowOf, withOpen, type OpenNodes } from './outline.ts'

/** The rows as a plain walk lists them. */
function walk(open: OpenNodes, path: string, depth = 0): string[] {
  const rows = [`${depth} ${path}`]
  const node = open.get(path)
  if (!node) return rows
  for (let fact = 0; fact < node.facts; fact++) rows.push(`${depth + 1} fact ${fact} of ${path}`)
  for (let i = 0; i < node.children; i++) rows.push(...walk(open, childPath(path, i), depth + 1))
  return rows
}

const trees = fc
  .array(
    fc.record({
      path: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      facts: fc.integer({ min: 0, max: 2 }),
      children: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 12 },
  )
  .map(
    (nodes): OpenNodes =>
      new Map(nodes.map(({ path, facts, children }) => [path.join('.'), { facts, children }])),
  )
  // A child that its parent does not have cannot be opened.
  .map((open) => {
    const real = [...open].filter(([path]) => {
      const parts = path === '' ? [] : path.split('.')
      return parts.every((part, i) => Number(part) < (open.get(parts.slice(0, i).join('.'))?.children ?? 5))
    })
    return new Map(real)
  })

describe('an outline', () => {
  it('lists the rows of a plain walk, in any state of folding', () => {
    fc.assert(
      fc.property(trees, fc.constantFrom('', '1', '2.0'), (open, root) => {
        const outline = createOutline(root, open)
        const rows = Array.from({ length: outline.rows }, (_, i) => {
          const row = rowAt(outline, i)
          return row?.kind === 'node'
            ? `${row.depth} ${row.path}`
            : `${row?.depth} fact ${row?.index} of ${row?.parent}`
        })
        expect(rows).toEqual(walk(open, root))
        expect(rowAt(outline, outline.rows)).toBeUndefined()
      }),
    )
  })

  it('finds the row of every node it lists', () => {
    fc.assert(
      fc.property(trees, (open) => {
        const outline = createOutline('', open)
        const rows = Array.from({ length: outline.rows }, (_, i) => rowAt(outline, i))
        const found = rows.map((row, i) => (row?.kind === 'node' ? rowOf(outline, row.path) : i))
        expect(found).toEqual(rows.map((_, i) => i))
      }),
    )
  })

  it('reaches any of a million children at once, also behind opened ones', () => {
    let open = withOpen(new Map(), '5', { facts: 0, children: 1_000_000 })
    open = withOpen(open, '5.10', { facts: 2, children: 3 })
    const outline = createOutline('5', open)
    expect(outline.rows).toBe(1_000_006)
    expect(rowAt(outline, 1_000_005)).toMatchObject({ path: '5.999999', depth: 1 })
    expect(rowAt(outline, 12)).toEqual({ kind: 'fact', parent: '5.10', index: 0, depth: 2 })
    expect(rowOf(outline, '5.11')).toBe(17)
    expect(rowOf(outline, '5.11.0')).toBeUndefined()
    expect(createOutline('5', withOpen(open, '5', undefined)).rows).toBe(1)
  })
})
