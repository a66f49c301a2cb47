import type { Log } from '#core/create-core.ts'
import { logLine } from '#serving/log-line.ts'
import { within } from './within.ts'

/**
 * A log of JSON lines without secrets. A line that is written for a request says which, and for whom.
 * @param write takes one line with its newline, usually to standard output
 * @param now milliseconds since the epoch
 */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, message, facts = {}) => {
    const { requestId, workspace, principal, commandId } = within()
    const known = { requestId, workspace, principal, commandId }
    const said = Object.entries(known).filter(([, value]) => value !== undefined)
    write(logLine(new Date(now()).toISOString(), level, message, { ...Object.fromEntries(said), ...facts }))
  }
}
