import { createContext, useCallback, useContext } from 'react'
import { useConnection } from '#renderer/state/connection.ts'
import type { CapabilityLeaf } from '#renderer/ui/actions/action.ts'
import type { Capability } from '#shared/contract/define.ts'
import { contract } from '#shared/contract/index.ts'
import { mayUse } from '#shared/permissions.ts'
import { ask, type OutputOf, useCore } from '../core/hooks.ts'
import { isServed } from '../core/session-secret.ts'

export type Session = OutputOf<typeof contract.workspace.session>
export type Person = Session['people'][number]

export const SessionContext = createContext<Session | null>(null)

/** Which workspace this is, who acts, and who else there is. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside of the shell')
  return session
}

/** Whether the acting person may use a capability. What they may not is not offered. */
export function useMay(): (leaf: CapabilityLeaf) => boolean {
  const { person } = useSession()
  return useCallback(
    leaf => {
      const { roles, vote, internal, hostOnly, kind } = leaf['~orpc'].meta as Capability
      // The machine of a server is not for the people whose page it serves.
      if (hostOnly && kind !== 'query' && isServed()) return false
      return person !== null && !internal && mayUse(person.roles, roles, vote)
    },
    [person],
  )
}

/** Takes up the part of a person, with their passphrase where they have one. */
export function useActAs(): (personId: string, passphrase?: string) => Promise<void> {
  const core = useCore()
  return useCallback(
    async (personId, passphrase) => {
      const { proof } = await ask(core, contract.workspace.people.actAs, {
        personId,
        ...(passphrase === undefined ? {} : { passphrase }),
      })
      useConnection.getState().set({ personId, proof })
      await core.queries.invalidateQueries()
    },
    [core],
  )
}
