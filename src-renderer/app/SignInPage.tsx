import { IconLock } from '@tabler/icons-react'
import { EmptyState } from '../ui/States.tsx'

/** For a browser without the session's cookie: a bookmark, another browser, a server started anew. */
export function SignInPage() {
  return (
    <main style={{ height: '100%' }}>
      <EmptyState icon={<IconLock size={28} stroke={1.5} />} title="Open the printed address again">
        This page needs the access token that the server printed when it started. Go to the terminal that runs{' '}
        <code>hashcache serve</code> and open the address it shows; it ends in <code>?token=…</code>. A server
        that was started again has a new token.
      </EmptyState>
    </main>
  )
}
