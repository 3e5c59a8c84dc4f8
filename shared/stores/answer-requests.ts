/**
 * The other side of an `AskedProcess`: answers one request after another, and ends when nobody can ask any more. What comes is
 * what the asking side of the same pair sends; `answer` knows its type.
 */
export function answerRequests(answer: (request: never) => object | Promise<object>): void {
  const reply = async (request: unknown): Promise<void> => {
    const answered = await answer(request as never)
    process.send!(answered)
  }
  process.on('message', (request) => {
    void reply(request)
  })
  // Not `process.exit`: it waits for threads of V8, once in some hundred times for ever, and whoever closes a store with it
  // (Node 24.21; the thread waits too). Nothing is lost by it: what was answered is on the disk.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}
