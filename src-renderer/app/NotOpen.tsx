import { Button } from '@mantine/core'
import { IconDatabaseOff } from '@tabler/icons-react'
import { withoutSecrets } from '../../shared/model/secrets.ts'
import { PasswordPrompt } from '../features/connections/PasswordPrompt.tsx'
import { useOpenStore } from '../features/connections/use-open-store.ts'
import { needsPassword } from '../client/locations.ts'
import { EmptyState } from '../ui/States.tsx'
import { pathOfLocation } from '../ui/format.ts'
import { visibleText } from '../ui/visible-text.ts'
import { useDesk } from './desk.ts'

/** A link or a reload that names a cache which is not open: opening it is the user's to say. */
export function NotOpen({ location }: { location: string }) {
  const { navigate } = useDesk()
  const open = useOpenStore()
  const actions = (
    <>
      <Button variant="filled" loading={open.isPending} onClick={() => open.mutate({ location })}>
        Open it
      </Button>
      <Button onClick={() => navigate({ store: undefined, query: '', entry: undefined })}>
        To the start
      </Button>
    </>
  )
  return (
    <EmptyState
      icon={<IconDatabaseOff size={28} stroke={1.5} />}
      title="This cache is not open"
      actions={actions}
    >
      <code>{visibleText(withoutSecrets(pathOfLocation(location)))}</code>
      <PasswordPrompt opening={open} />
      {open.error && !needsPassword(open.error) ? (
        <p role="alert" style={{ color: 'var(--bad)' }}>
          {visibleText(open.error.message)}
        </p>
      ) : null}
    </EmptyState>
  )
}
