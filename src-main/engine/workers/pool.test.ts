import { afterEach, describe, expect, it } from 'vitest'
import { WorkerPool } from './pool.ts'
import type { WorkerPoolOptions } from './pool.ts'

type How = 'work' | 'refuse' | 'hang' | 'exit' | 'eat'

let pool: WorkerPool<How, number>

function start(options: Omit<WorkerPoolOptions, 'threads'> = {}): void {
  pool = new WorkerPool(new URL('testing/misbehaving.worker.ts', import.meta.url), { threads: 1, ...options })
}

afterEach(() => pool[Symbol.asyncDispose]())

describe('a pool of workers', () => {
  it('keeps its thread from task to task', async () => {
    start()
    expect(pool.hasStarted).toBe(false)
    expect([await pool.run('work'), await pool.run('work')]).toEqual([1, 2])
  })

  it('hands errors over with code and data, and keeps the thread', async () => {
    start()
    await expect(pool.run('refuse')).rejects.toMatchObject({
      code: 'DAMAGED',
      message: 'No.',
      data: { offset: 3 },
    })
    expect(await pool.run('work')).toBe(2)
  })

  it('ends a task that takes too long; the next one gets a new thread', async () => {
    start({ timeLimitMs: 2_000 })
    await expect(pool.run('hang')).rejects.toMatchObject({
      code: 'CANCELLED',
      message: expect.stringContaining('more than 2 s'),
    })
    expect(await pool.run('work')).toBe(1)
  })

  it('survives a worker that ends its thread', async () => {
    start()
    await expect(pool.run('exit')).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(await pool.run('work')).toBe(1)
  })

  it('survives a worker that eats its memory', async () => {
    start({ heapMegabytes: 32 })
    await expect(pool.run('eat')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('memory'),
    })
    expect(await pool.run('work')).toBe(1)
  })

  it('gives up a hanging task a moment after its request was dropped', async () => {
    start()
    const dropped = new AbortController()
    const hanging = pool.run('hang', { signal: dropped.signal })
    dropped.abort()
    await expect(hanging).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await pool.run('work')).toBe(1)
  })
})
