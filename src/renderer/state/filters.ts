import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { keptLocally } from './storage.ts'

export const PERIOD_PRESETS = [
  'this-month',
  'last-month',
  'last-30-days',
  'last-90-days',
  'last-6-months',
  'last-12-months',
  'this-year',
  'last-year',
  'all',
] as const
export type PeriodPreset = (typeof PERIOD_PRESETS)[number]

/** A period as the person chose it. Days are calendar days `YYYY-MM-DD`, the last one included. */
export type Period =
  | { readonly kind: 'preset'; readonly preset: PeriodPreset }
  | { readonly kind: 'days'; readonly first: string; readonly last: string }

/** What a filter of one grid column asks for. Text is matched without regard to case. */
export type ColumnFilter =
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'in'; readonly values: readonly string[] }
  /**
   * Numbers or dates (`2026`, `2026-05`, `2026-05-01`) as text. An end that is not given is without limit; an
   * end belongs to the range unless it is said to be open.
   */
  | {
      readonly kind: 'range'
      readonly min?: string
      readonly max?: string
      readonly minOpen?: true
      readonly maxOpen?: true
    }

/** The period of a workspace in which none was chosen yet. */
export const USUAL_PERIOD: Period = { kind: 'preset', preset: 'last-6-months' }

export interface FiltersState {
  /** By the id of the workspace: what one has figures of says nothing about another. */
  readonly periods: Readonly<Record<string, Period>>
  readonly grids: Readonly<Record<string, Readonly<Record<string, ColumnFilter>>>>
  setPeriod(workspace: string, period: Period): void
  /** Sets the filter of one column; null removes it. */
  setColumn(grid: string, column: string, filter: ColumnFilter | null): void
  clear(grid: string): void
}

/** Interface state: the period, which every dashboard of a workspace shares, and the column filters of the grids. */
export const useFilters = create<FiltersState>()(
  persist(
    set => ({
      periods: {},
      grids: {},
      setPeriod: (workspace, period) =>
        set(state => ({ periods: { ...state.periods, [workspace]: period } })),
      setColumn: (grid, column, filter) =>
        set(state => {
          const { [column]: _, ...others } = state.grids[grid] ?? {}
          return {
            grids: { ...state.grids, [grid]: filter === null ? others : { ...others, [column]: filter } },
          }
        }),
      clear: grid => set(state => ({ grids: { ...state.grids, [grid]: {} } })),
    }),
    {
      name: 'quarterdeck.filters',
      version: 2,
      // The first version kept one period for all workspaces.
      migrate: () => ({ periods: {} }),
      storage: keptLocally(),
      partialize: state => ({ periods: state.periods }),
    },
  ),
)
