/** The answer to a refused request: JSON for the API, a plain page without any script for the rest. */
export function refusal(status: number, reason: string, isApi: boolean): Response {
  if (isApi) return Response.json({ code: 'REFUSED', message: reason, data: {} }, { status })
  const hint =
    status === 401
      ? 'Open the address that "hashcache serve" printed in its terminal: it ends in <code>?token=…</code> and may be opened more than once.'
      : ''
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Hashcache Inspector</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:4em auto;padding:0 1em;color-scheme:light dark}</style>
<h1>Hashcache Inspector</h1>
<p>${escapeHtml(reason)}</p>
<p>${hint}</p>
</html>
`
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } })
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
