import { create } from 'zustand'

interface DraftsState {
  /** What was typed and not sent, by what it is about. */
  readonly drafts: Readonly<Record<string, string>>
  set(about: string, text: string): void
}

/**
 * Interface state: text that somebody left half written. It outlives the page that it was typed on, and not
 * the window: it may say what only the encrypted database should keep.
 */
export const useDrafts = create<DraftsState>()(set => ({
  drafts: {},
  set: (about, text) =>
    set(state => {
      const { [about]: _, ...others } = state.drafts
      return { drafts: text === '' ? others : { ...others, [about]: text } }
    }),
}))
