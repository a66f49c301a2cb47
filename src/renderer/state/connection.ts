import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { keptLocally } from './storage.ts'

export type LinkPhase = 'connecting' | 'open' | 'lost' | 'refused'

export interface ConnectionState {
  /** How the page reaches the core. */
  readonly phase: LinkPhase
  /** Counts the starts of the core; null until it has answered once. */
  readonly generation: number | null
  /** The version of the workspace that the live stream told last. */
  readonly version: string | null
  /** When the link was lost, in milliseconds since 1970; null while it is there. */
  readonly lostAt: number | null
  /** Commands under way that have not been answered. */
  readonly unanswered: number
  /** The person whom this window acts as. */
  readonly personId: string | null
  /** What proves that they gave their passphrase; forgotten with the window. */
  readonly proof: string | null
  set(change: Partial<Omit<ConnectionState, 'set' | 'countUnanswered'>>): void
  countUnanswered(by: 1 | -1): void
}

/** Interface state: the link to the core, and whom this window acts as. */
export const useConnection = create<ConnectionState>()(
  persist(
    set => ({
      phase: 'connecting',
      generation: null,
      version: null,
      lostAt: null,
      unanswered: 0,
      personId: null,
      proof: null,
      set: change => set(change),
      countUnanswered: by => set(state => ({ unanswered: state.unanswered + by })),
    }),
    {
      name: 'quarterdeck.connection',
      version: 1,
      storage: keptLocally(),
      partialize: state => ({ personId: state.personId }),
    },
  ),
)
