import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { isServed } from '#renderer/app/core/session-secret.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { contract } from '#shared/contract/index.ts'

/** The address of the server that people sign in at; null in a workspace without one. */
export function useServerAddress(): string | null {
  const { workspace } = useSession()
  const connection = useCoreQuery(
    contract.sync.connection.state,
    {},
    { enabled: workspace.authority === 'connected' },
  )
  if (isServed()) return location.origin
  return workspace.authority === 'connected' ? (connection.data?.url ?? null) : null
}
