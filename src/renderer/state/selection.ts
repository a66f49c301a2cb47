import { create } from 'zustand'

/** Which rows of a grid are selected: some of them, or all but some (in a table that is not loaded whole). */
export interface GridSelection {
  readonly mode: 'some' | 'all-but'
  readonly keys: ReadonlySet<string>
}

export const NOTHING_SELECTED: GridSelection = { mode: 'some', keys: new Set() }

export interface SelectionState {
  readonly grids: Readonly<Record<string, GridSelection>>
  /** The row that has the focus, by grid. */
  readonly active: Readonly<Record<string, string>>
  select(grid: string, selection: GridSelection): void
  setActive(grid: string, row: string | null): void
  clear(grid: string): void
}

/** Interface state: what is selected in which grid. Lives as long as the window. */
export const useSelection = create<SelectionState>()(set => ({
  grids: {},
  active: {},
  select: (grid, selection) => set(state => ({ grids: { ...state.grids, [grid]: selection } })),
  setActive: (grid, row) =>
    set(state => {
      const { [grid]: _, ...others } = state.active
      return { active: row === null ? others : { ...others, [grid]: row } }
    }),
  clear: grid =>
    set(state => {
      const { [grid]: _, ...others } = state.grids
      return { grids: others }
    }),
}))

/** True when the row is part of the selection. */
export function isSelected(selection: GridSelection, key: string): boolean {
  return selection.keys.has(key) === (selection.mode === 'some')
}

/** How many rows are selected in a table of `total` rows. */
export function selectedCount(selection: GridSelection, total: number): number {
  return selection.mode === 'some' ? selection.keys.size : Math.max(0, total - selection.keys.size)
}

/** The selection with these rows added or taken away. */
export function withRows(selection: GridSelection, keys: Iterable<string>, selected: boolean): GridSelection {
  const next = new Set(selection.keys)
  const add = selected === (selection.mode === 'some')
  for (const key of keys) {
    if (add) next.add(key)
    else next.delete(key)
  }
  return { mode: selection.mode, keys: next }
}
