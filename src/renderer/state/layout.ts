import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { keptLocally } from './storage.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'comfortable'
export type NumberStyle = 'comma-point' | 'point-comma' | 'space-comma' | 'apostrophe-point'
export type DateStyle = 'iso' | 'day-month' | 'month-day'

/** How one grid was arranged by its user. Columns that are not named keep what the page says. */
export interface GridLayout {
  readonly order?: readonly string[]
  readonly widths?: Readonly<Record<string, number>>
  readonly visibility?: Readonly<Record<string, boolean>>
  readonly pinned?: { readonly start: readonly string[]; readonly end: readonly string[] }
  readonly sort?: readonly { readonly id: string; readonly desc: boolean }[]
}

export interface LayoutState {
  readonly theme: Theme
  readonly contrast: boolean
  readonly density: Density
  readonly numberStyle: NumberStyle
  readonly dateStyle: DateStyle
  readonly language: 'en'
  readonly railCollapsed: boolean
  /** Features whose folded screens the rail shows. */
  readonly railOpened: readonly string[]
  /** The screen of the rail where the person was last: where the next start begins. */
  readonly lastScreen: string | null
  readonly grids: Readonly<Record<string, GridLayout>>
  /** Sizes of panes by name, in pixels. */
  readonly panes: Readonly<Record<string, number>>
  set(change: Partial<Omit<LayoutState, 'set' | 'setGrid' | 'setPane'>>): void
  /** Keeps a change of one grid's arrangement; null sets it back. */
  setGrid(id: string, change: Partial<GridLayout> | null): void
  setPane(name: string, size: number): void
}

/** Interface state: how the workstation looks, and how its grids are arranged. Kept between starts. */
export const useLayout = create<LayoutState>()(
  persist(
    set => ({
      theme: 'system',
      contrast: false,
      density: 'compact',
      numberStyle: 'comma-point',
      dateStyle: 'day-month',
      language: 'en',
      railCollapsed: false,
      railOpened: [],
      lastScreen: null,
      grids: {},
      panes: {},
      set: change => set(change),
      setGrid: (id, change) =>
        set(state => {
          const { [id]: before, ...others } = state.grids
          return { grids: change === null ? others : { ...others, [id]: { ...before, ...change } } }
        }),
      setPane: (name, size) => set(state => ({ panes: { ...state.panes, [name]: size } })),
    }),
    { name: 'quarterdeck.layout', version: 1, storage: keptLocally() },
  ),
)
