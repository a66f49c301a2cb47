import { migrations } from '../database/migrate.ts'
import type { Build, Unfit } from './protocol.ts'

/** The last migration of the release before this one. */
const PREVIOUS_SCHEMA = 9

/** This Quarterdeck. */
export const BUILD: Build = { protocol: 1, schema: migrations.length, since: PREVIOUS_SCHEMA }

/**
 * Whether a server and a desk understand each other: they do when they are at most one release apart, whichever
 * of them is the newer one. Rows of the other's schema are taken as far as they are known, and commands of
 * the version before are brought up to date.
 * @returns null when they do
 */
export function unfit(server: Build, desk: Build): Unfit | null {
  if (desk.protocol < server.protocol - 1 || desk.schema < server.since)
    return { kind: 'unfit', older: 'desk', build: server }
  if (server.protocol < desk.protocol - 1 || server.schema < desk.since)
    return { kind: 'unfit', older: 'server', build: server }
  return null
}
