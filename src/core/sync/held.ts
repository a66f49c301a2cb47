import type { Row } from '#core/database/schema.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Basis, Place, SnapshotPosition } from './protocol.ts'

/** What the cached tables of a desk stand on. */
export interface Held {
  readonly basis: Basis
  readonly place: Place
}

/** As it is kept beside the cursor. */
export interface HeldText {
  readonly basis: Basis
  readonly head: string
}

/** Where the staged pages go on; `rebuild` when they began with a snapshot. */
export interface Staged {
  readonly rebuild: boolean
  readonly basis: Basis
  readonly next:
    | { readonly kind: 'snapshot'; readonly position: SnapshotPosition | null }
    | { readonly kind: 'feed'; readonly place: Place }
}

/** Null before the first pull, and where what is kept says too little: then a snapshot is taken. */
export function heldOf(state: Pick<Row<'sync_state'>, 'cursor' | 'scopes'>): Held | null {
  if (state.cursor < 0n) return null
  const held = fromCanonical<Partial<HeldText>>(state.scopes)
  if (!held.basis || held.head === undefined) return null
  const place = { version: state.cursor, table: null, row: null, head: held.head, read: null }
  return { basis: held.basis, place }
}

/** Null when no pages are staged. */
export function stagedOf(state: Pick<Row<'sync_state'>, 'staged'>): Staged | null {
  return state.staged === null ? null : fromCanonical<Staged>(state.staged)
}
