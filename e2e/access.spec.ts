import { request as plainRequest } from 'node:http'
import { expect, test } from './test.ts'

/** Status of a request whose headers are exactly these; a browser would not let a page set them. */
function statusOf(
  origin: string,
  options: { path: string; method?: string; headers: Record<string, string> },
): Promise<number> {
  const { port, hostname } = new URL(origin)
  return new Promise((resolve, reject) => {
    const outgoing = plainRequest({ hostname, port, ...options }, (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode ?? 0)
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

test('without the token there is nothing but the way to it', async ({ page, program }) => {
  await page.goto(program.origin)
  await expect(page.getByText(/token/i).first()).toBeVisible()
  for (const path of ['/api/app', '/api/stores', '/api/files?path=/', '/api/events']) {
    expect(await statusOf(program.origin, { path, headers: {} }), path).toBe(401)
  }
})

test('another Host, another Origin and a wrong token are refused', async ({ program }) => {
  const authorization = `Bearer ${program.token}`
  const ask = (headers: Record<string, string>, method = 'GET'): Promise<number> =>
    statusOf(program.origin, { path: '/api/stores', method, headers })
  expect(await ask({ authorization })).toBe(200)
  expect(await ask({ authorization, host: 'evil.example' })).toBe(403)
  expect(await ask({ authorization, host: 'localhost:1' })).toBe(403)
  expect(await ask({ authorization, origin: 'https://evil.example' })).toBe(403)
  expect(await ask({ authorization, origin: 'null' })).toBe(403)
  expect(await ask({ authorization, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await ask({ authorization: 'Bearer wrong' })).toBe(401)
  expect(await ask({ authorization, origin: 'https://evil.example' }, 'POST')).toBe(403)
})

test('the cookie alone lets the interface work, and scripts cannot read it', async ({
  inspector,
  context,
}) => {
  await expect(inspector.row(0)).toBeVisible()
  expect(inspector.page.url()).not.toContain('token')
  expect(await inspector.page.evaluate<string>('document.cookie')).toBe('')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
})

test('a stopped engine is said, and what was read stays', async ({ inspector, program }) => {
  await expect(inspector.row(0)).toBeVisible()
  await program.stop()
  await expect(inspector.page.getByText('The engine does not answer.')).toBeVisible()
  await expect(inspector.row(0)).toBeVisible()
})
