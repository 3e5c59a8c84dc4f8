import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventsOf } from './event-stream.ts'

function answer(text: string, cuts: readonly number[]): Response {
  const bytes = new TextEncoder().encode(text)
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const end of ends) {
        if (end > at) controller.enqueue(bytes.slice(at, end))
        at = Math.max(at, end)
      }
      controller.close()
    },
  })
  return new Response(body)
}

async function read(response: Response): Promise<string[]> {
  const events: string[] = []
  for await (const event of eventsOf(response)) events.push(event)
  return events
}

describe('eventsOf', () => {
  it('gives each event whole, wherever the network cut the stream', async () => {
    const texts = fc.array(fc.json(), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 10 }), async (events, cuts) => {
        const stream = events.map((event) => `event: x\ndata: ${event}\n\n`).join(': still here\n\n')
        expect(await read(answer(stream, cuts))).toEqual(events)
      }),
    )
  })

  it('joins lines of data and leaves an unfinished event out', async () => {
    expect(await read(answer('data: a\ndata: b\r\n\r\ndata: never finished', []))).toEqual(['a\nb'])
  })
})
