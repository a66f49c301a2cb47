import { createHash } from 'node:crypto'
import type { Row } from '#core/database/schema.ts'
import { canonicalJson } from '#shared/canonical.ts'

export type LogEntry = Row<'command_log'>

/** What stands before the first entry of a workspace. */
export const GENESIS = '0'.repeat(64)

/**
 * The hash of an entry: SHA-256 over the canonical JSON of everything in it, the workspace and the hash of
 * the entry before. Any change, removal or reorder breaks the chain from there on.
 */
export function hashEntry(workspace: string, entry: Omit<LogEntry, 'hash'>): string {
  const text = canonicalJson({
    domain: 'quarterdeck/command-log/1',
    workspace,
    version: entry.version,
    id: entry.id,
    command: entry.command,
    command_version: entry.command_version,
    actor: entry.actor,
    device: entry.device,
    assurance: entry.assurance,
    at: entry.at,
    received_at: entry.received_at,
    input: entry.input,
    outcome: entry.outcome,
    result: entry.result,
    undo: entry.undo,
    compensates: entry.compensates,
    previous: entry.previous,
  })
  // Natively: a batch of usage is hundreds of kilobytes.
  return createHash('sha256').update(text).digest('hex')
}
