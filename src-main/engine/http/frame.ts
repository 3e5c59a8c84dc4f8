/** A frame, see `encodeFrame`. */
export function frameResponse(bytes: Uint8Array): Response {
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream' } })
}
