/** The objects of an answer that writes one a line, as they come. Leaving the loop ends the request. */
export async function* linesOf<Line>(response: Response): AsyncGenerator<Line> {
  if (!response.body) return
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as Line
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
