/** A body of pieces that are made as the reader takes them; `first` is made already. */
export function pulled(
  first: Uint8Array | undefined,
  next: () => Promise<Uint8Array | undefined>,
  giveUp: () => void,
): ReadableStream<Uint8Array> {
  let waiting = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = waiting ?? (first && (await next()))
        waiting = undefined
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
      cancel: giveUp,
    },
    { highWaterMark: 0 },
  )
}
