const mebibyte = 1024 * 1024

export interface InflateLimits {
  /** Most bytes to inflate; what lies behind stays unread and is reported as `LIMIT_INFLATED`. */
  readonly inflatedBytes: number
  /** Inflated bytes held in memory; those behind go to a temporary file without a name. */
  readonly memoryBytes: number
}

/**
 * What is inflated if nobody says otherwise: 64 MiB, or 100 times the compressed
 * bytes where that is more, and never above 16 GiB. Real arrays compress up to some
 * 20 times; a stream beyond 100 times is constant or a bomb, and its head tells which.
 */
export function inflateLimits(compressedBytes: number, asked: Partial<InflateLimits> = {}): InflateLimits {
  const usual = Math.min(Math.max(64 * mebibyte, 100 * compressedBytes), 16 * 1024 * mebibyte)
  return {
    inflatedBytes: asked.inflatedBytes ?? usual,
    memoryBytes: asked.memoryBytes ?? 4 * mebibyte,
  }
}
