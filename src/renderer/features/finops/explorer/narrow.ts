import type { ExploreRow, Filter } from '#shared/contract/finops-costs.ts'
import type { ExplorerState } from './address.ts'

/** The filters together with those that confine to the group of a row. */
export function narrowed(state: ExplorerState, keys: ExploreRow['keys']): Filter[] {
  const own = (keys ?? []).map((key, index): Filter => {
    const dimension = state.by[index]!
    return key === null ? { dimension, op: 'is-empty' } : { dimension, op: 'is', values: [key] }
  })
  // A condition of the same kind on the same dimension is replaced, not repeated.
  const others = state.filters.filter(
    filter =>
      !('dimension' in filter) ||
      !own.some(mine => 'dimension' in mine && mine.dimension === filter.dimension && filter.op === 'is'),
  )
  return [...others, ...own]
}

/** The filters that leave the group of a row out; for two dimensions, the second's value. */
export function excluded(state: ExplorerState, keys: ExploreRow['keys']): Filter[] {
  const index = (keys?.length ?? 0) - 1
  const dimension = state.by[index]
  if (!keys || dimension === undefined) return []
  const key = keys[index] ?? null
  return [key === null ? { dimension, op: 'is-not-empty' } : { dimension, op: 'is-not', values: [key] }]
}
