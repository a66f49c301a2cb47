import { ORPCError } from '@orpc/client'
import { isRefusal } from '#shared/errors.ts'
import { PRICE_FAULTS } from '#shared/price-faults.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts'

/** A failure as the command line tells it. */
export interface Told {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly data: unknown
}

/** Words for refusals whose own message is for programs. */
const WORDS: Readonly<Record<string, (data: Record<string, unknown>) => string>> = {
  WORKSPACE_FORBIDDEN: data =>
    `This needs one of these roles: ${(data.roles as string[] | undefined)?.join(', ') ?? '?'}. Act as somebody else with --as.`,
  WORKSPACE_NOBODY: () => 'Nobody is acting. Say who with --as.',
  WORKSPACE_BAD_INPUT: data =>
    `The input is not valid: ${((data.issues ?? []) as { path: string; message: string }[])
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ')}`,
  WORKSPACE_NOT_FOUND: data => `There is no ${data.entity} ${data.id}.`,
  WORKSPACE_NOT_EMPTY: data => `This workspace is not empty: it is ${data.name}.`,
  WORKSPACE_NOT_DEMO: data => `${data.name} is not a demo and is never removed by this.`,
  WORKSPACE_BUSY: data => `${data.jobs} jobs are waiting or running. Cancel them, or wait for their end.`,
  WORKSPACE_PASSPHRASE_WRONG: () => 'That is not the passphrase of this person.',
  WORKSPACE_PASSPHRASE_NEEDED: () => 'This person has a passphrase; it could not be asked for.',
  WORKSPACE_JOB_CRASHED: () =>
    'The job was cut off by a crash. Start it again: what it had stored already is not stored twice.',
  WORKSPACE_RECOVERY_NEEDED: () => recoveryHint,
  FINOPS_FILE_UNREADABLE: data =>
    `The file cannot be read as a bill: ${data.reason}${data.line ? ` (line ${data.line})` : ''}.`,
  FINOPS_COLUMNS_NEEDED: data =>
    `The file lacks columns without which nothing can come in: ${(data.columns as string[]).join(', ')}.`,
  FINOPS_ROWS_REFUSED: data =>
    `${data.refused} rows were refused, and nothing came in. See them: quarterdeck imports problems ${data.importId}. Take the good rows: --mode good-rows`,
  FINOPS_IMPORT_OVERLAP: data =>
    `Import ${data.importId} has costs of the same source, account and period. Replace it (--overlap replace) or keep both (--overlap add).`,
  FINOPS_INTO_DEMO: () =>
    'This is the demo workspace: your bill would be mixed with made-up ones. Use another --workspace, remove the demo with “quarterdeck demo --remove”, or say --into-demo.',
  BILLING_INTO_DEMO: () =>
    'This is the demo workspace: your usage would be mixed with that of made-up customers. Use another --workspace, remove the demo with “quarterdeck demo --remove”, or say --into-demo.',
  FINOPS_TOO_MANY_BUCKETS: data =>
    `The period is too long to show by ${data.grain}: there would be more than ${data.most} columns. Choose a shorter period or a coarser grain.`,
  BILLING_RATE_INPUT: data => `This cannot be rated: ${data.path}: ${faultWords(data.reason)}.`,
  BILLING_PRICE_CURRENCY_MISSING: data =>
    `“${data.price}” has no price in ${data.currency}, and other prices of the plan have.`,
  BILLING_PRICE_INVALID: data => `This cannot be priced: ${data.path}: ${faultWords(data.reason)}.`,
  BILLING_METRIC_UNKNOWN: data => `There is no metric ${data.metric} in use.`,
  BILLING_METRIC_DIFFERS: data =>
    `The metric ${data.metric} measures something else here, and what a metric measures never changes. Nothing came in.`,
  BILLING_KEY_TAKEN: data => `The key ${data.key} is in use already.`,
  BILLING_CURRENCY_UNKNOWN: data => `There is no currency ${data.currency}.`,
  BILLING_FILE_UNREADABLE: data =>
    `The file cannot be read: ${data.reason}${data.line ? ` (line ${data.line})` : ''}.`,
  BILLING_ROWS_REFUSED: data =>
    `${data.refused} rows were refused, and nothing came in. See them: quarterdeck usage imports ${data.importId}. Take the good rows: --mode good-rows`,
  BILLING_USAGE_REFUSED: data => {
    const events = data.events as { id: string; problem: string }[]
    const shown = events.slice(0, 10).map(one => `${one.id} (${one.problem})`)
    return `${events.length} events cannot be taken, and none of their thousand was: ${shown.join(', ')}${events.length > 10 ? ', …' : ''}.`
  },
  BILLING_METRIC_INVALID: data =>
    `What the metric ${data.metric} measures makes no sense: ${data.path}, ${data.reason}.`,
  BILLING_JOURNAL_UNMAPPED: data =>
    `These have no account in this ledger: ${(data.roles as string[]).join(', ')}. Enter them: quarterdeck journal set <item> <account> --profile <ledger>`,
  BILLING_SCAN_FAILED: () => 'The scan did not come to its end. Scan again: what was told stays told.',
  BILLING_SCAN_RUNNING: () => 'A scan of all customers is running already.',
  BILLING_FILE_CHANGED: () =>
    'The file changed while it was read. Bring it in again when it is complete: what came in already is not counted twice.',
  SYNC_REQUESTED: () => 'The server does this. It was requested and waits in the outbox: quarterdeck outbox',
  SYNC_NOT_CONNECTED: () => 'This workspace is standalone: there is no server to ask.',
  SYNC_NETWORK_NEEDED: () => 'Only the server knows this, and it cannot be asked just now.',
  SYNC_BOTH_FULL: () =>
    'This workspace and the one of the server both have content. Connect an empty workspace (--workspace), or upload this one to an empty workspace of a server.',
  SYNC_WAITING: data =>
    `${data.count} changes wait that the server does not have. Send them (quarterdeck sync), or say --even-waiting.`,
  ACCESS_DEVICE_REVOKED: () => 'This machine was revoked at the server.',
  FINOPS_DISK_FULL: () => 'There is not enough room on the disk. Nothing came in.',
}
function faultWords(reason: unknown): string {
  return (PRICE_FAULTS as Readonly<Record<string, string>>)[String(reason)] ?? String(reason)
}
const recoveryHint =
  'Real data goes in only when somebody has the recovery key. Make one and confirm it: quarterdeck keys recovery'

/** A refusal without words of its own: what its code and its facts say. */
function plainly(code: string, facts: Readonly<Record<string, unknown>>): string {
  const shown = (value: unknown): string =>
    Array.isArray(value) ? value.slice(0, 10).map(shown).join(', ') : String(value)
  const simple = (value: unknown) => typeof value !== 'object' || value === null || Array.isArray(value)
  const said = Object.entries(facts)
    .filter(([, value]) => simple(value) && !(Array.isArray(value) && value.some(one => !simple(one))))
    .map(([name, value]) => `${name}: ${shown(value)}`)
  const [, ...what] = code.toLowerCase().split('_')
  return `Refused: ${what.join(' ')}${said.length === 0 ? '' : ` (${said.join('; ')})`}. ${code}`
}

/** What went wrong, in words, with its exit code. Bugs keep their stack for `--json` and the log. */
export function tell(error: unknown): Told {
  const known = error instanceof ORPCError || isRefusal(error)
  if (known) {
    const { code, data } = error as { code: string; data: unknown }
    const facts = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
    if (code === 'INTERNAL_SERVER_ERROR')
      return {
        exit: EXIT.failure,
        code,
        message: `Something unexpected happened${facts.reference ? ` (${facts.reference})` : ''}. The log says more: quarterdeck diagnose --log`,
        data,
      }
    const own = (error as Error).message
    const message = WORDS[code]?.(facts) ?? (own === '' || own === code ? plainly(code, facts) : own)
    // A host's own refusal stands inside that of the call.
    const inner = code === 'HOST_BACKUP_REFUSED' ? String(facts.code) : code
    return { exit: exitCodeOf(inner), code: inner, message, data }
  }
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'EPIPE') return { exit: EXIT.ok, code, message: '', data: {} }
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return { exit: EXIT.disk, code, message: 'There is no room on the disk.', data: {} }
  return { exit: EXIT.failure, code: code ?? 'UNEXPECTED', message: message ?? String(error), data: {} }
}
