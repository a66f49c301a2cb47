import { create } from 'zustand'
import type { BoundAction } from '#renderer/ui/actions/action.ts'

export interface PaletteState {
  readonly open: boolean
  readonly shortcutsOpen: boolean
  readonly query: string
  /** Actions that can be run now, by the part of the page that offers them. */
  readonly offered: Readonly<Record<string, readonly BoundAction[]>>
  set(change: { open?: boolean; shortcutsOpen?: boolean; query?: string }): void
  offer(owner: string, actions: readonly BoundAction[]): void
  withdraw(owner: string): void
}

/** Interface state: the palette, the list of shortcuts, and what the current page offers to both. */
export const usePalette = create<PaletteState>()(set => ({
  open: false,
  shortcutsOpen: false,
  query: '',
  offered: {},
  set: change => set(change),
  offer: (owner, actions) => set(state => ({ offered: { ...state.offered, [owner]: actions } })),
  withdraw: owner =>
    set(state => {
      const { [owner]: _, ...others } = state.offered
      return { offered: others }
    }),
}))
