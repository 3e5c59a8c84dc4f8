import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { dropHeadBody } from './head.ts'

describe('HEAD', () => {
  it('lets go of the body that a GET would have had, and keeps its headers', async () => {
    let cancelled = 0
    const app = new Hono()
    app.use(dropHeadBody)
    app.get('/', () => {
      const body = new ReadableStream({ cancel: () => void cancelled++ }, { highWaterMark: 0 })
      return new Response(body, { headers: { 'content-length': '12' } })
    })
    const answer = await app.request('/', { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length'), answer.body]).toEqual([200, '12', null])
    expect(cancelled).toBe(1)
    await app.request('/')
    expect(cancelled).toBe(1)
  })
})
