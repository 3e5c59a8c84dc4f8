import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, EngineGoneError } from '../client/request.ts'
import { useEngineEvents } from '../client/events.ts'
import { appQuery, storesQuery } from '../client/queries.ts'
import { ErrorState, Waiting } from '../ui/States.tsx'
import { Shell } from './Shell.tsx'
import { SignInPage } from './SignInPage.tsx'
import { colorSchemeManager, cssVariablesResolver, theme } from './theme.ts'

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        // What the engine refused once it refuses again; only a lost connection is worth another try.
        retry: (count, error) => error instanceof EngineGoneError && count < 2,
      },
    },
  })
}

export function App() {
  const [client] = useState(createQueryClient)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  )
}

/** Nothing is shown before the engine has answered, let us in and named its stores. */
function Gate() {
  const { link, retry } = useEngineEvents()
  const app = useQuery(appQuery)
  const stores = useQuery(storesQuery)
  const isRefused =
    link === 'refused' ||
    [app.error, stores.error].some((error) => error instanceof ApiError && error.status === 401)
  if (isRefused) return <SignInPage />
  if (app.data && stores.data)
    return <Shell app={app.data} stores={stores.data.items} link={link} onReconnect={retry} />
  const error = app.error ?? stores.error
  if (!error) return <Waiting what="Starting…" />
  const tryAgain = (): void => {
    retry()
    void app.refetch()
    void stores.refetch()
  }
  return <ErrorState title="The inspector cannot start" error={error} onRetry={tryAgain} />
}
