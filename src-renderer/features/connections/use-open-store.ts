import { useMutation, useQueryClient } from '@tanstack/react-query'
import { openStore, putConnection } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'

/** Opens a cache and goes to it. */
export function useOpenStore(onOpened?: () => void) {
  const client = useQueryClient()
  const { navigate } = useDesk()
  return useMutation({
    mutationFn: ({ location, kind }: { location: string; kind?: string }) => openStore(location, kind),
    onSuccess: (connection) => {
      putConnection(client, connection)
      void client.invalidateQueries({ queryKey: ['app'] })
      navigate({ store: connection.location, query: '', entry: undefined })
      onOpened?.()
    },
  })
}
