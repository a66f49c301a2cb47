import type { Id } from '#shared/ids.ts'

/** An authenticated desk, as it is known at the time of one request. */
export interface Desk {
  /** Its device: what the commands that come from it are logged with. */
  readonly id: string
  /** Who may give commands on it. Their roles decide which groups of tables it has. */
  readonly people: readonly Id[]
  /** What its commands are signed with; without one they are not. */
  readonly key: { readonly keyId: string; readonly publicKey: Uint8Array } | null
  /** It gets kept answers, and nothing else: no rows, and no new command of it is run. */
  readonly revoked: boolean
}
