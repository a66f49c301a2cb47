import { useMemo } from 'react'
import { usePalette } from '#renderer/state/palette.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'

/** What can be done now, each thing once; what was offered last counts (a row before its page). */
export function useOffered(): readonly BoundAction[] {
  const offered = usePalette(state => state.offered)
  return useMemo(() => {
    const byId = new Map<string, BoundAction>()
    for (const action of Object.values(offered).flat()) byId.set(action.id, action)
    return [...byId.values()].sort(
      (a, b) => Number(a.scope === 'everywhere') - Number(b.scope === 'everywhere'),
    )
  }, [offered])
}
