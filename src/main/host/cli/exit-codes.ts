/** What the command line's exit codes mean. Scripts rely on them: a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  /** Something unexpected: a bug, or a fault of the machine. */
  failure: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A rule refused it: a permission, a state, an overlap, rows that are not good. */
  refused: 3,
  /** The workspace, file, person, job or other thing that was named is not there. */
  notFound: 4,
  /** The workspace is locked: its key, passphrase or key file is missing or wrong. */
  locked: 5,
  /** A check found that something is not as it should be: the log, a backup, a month that is not ready. */
  verification: 6,
  /** Another process has the workspace and does not answer, or is in the way. */
  busy: 7,
  /** There is no room on the disk, or it cannot be written to. */
  disk: 8,
  /** The server of a connected workspace cannot be reached. */
  unreachable: 9,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Which exit code a refusal's code leads to, by the first pattern that fits. */
const RULES: readonly (readonly [RegExp, ExitCode])[] = [
  [/^INTERRUPTED$/, EXIT.interrupted],
  [/^USAGE/, EXIT.usage],
  [/^WORKSPACE_(BAD_INPUT|NAME_INVALID)$/, EXIT.usage],
  [/^BACKUP_(DAMAGED)$|^VERIFY_/, EXIT.verification],
  [/DISK_FULL|UNWRITABLE/, EXIT.disk],
  [/^SYNC_(OFFLINE|NO_ANSWER|TLS|SERVER_AWAY|NOT_OURS|REDIRECTED|NETWORK_NEEDED)$/, EXIT.unreachable],
  [/^OWNER_/, EXIT.busy],
  [/^WORKSPACE_BUSY$/, EXIT.busy],
  [/^KEYS_(NO_SUCH_SLOT|LAST_SLOT|PASSPHRASE_WEAK|RECOVERY_MALFORMED|OTHER_KIND|FILE_EXISTS)$/, EXIT.refused],
  [/^KEYS_|^WORKSPACE_PASSPHRASE_(NEEDED|WRONG|THROTTLED)$/, EXIT.locked],
  [/NOT_FOUND$|_MISSING$|_UNKNOWN$|_GONE$|^BACKUP_NOT_ONE$|^FILE_UNREADABLE$/, EXIT.notFound],
  [/^INTERNAL|_BUG$|_CRASHED$/, EXIT.failure],
]

/** The exit code for a refusal's code; `refused` for one that no rule names. */
export function exitCodeOf(code: string): ExitCode {
  return RULES.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.refused
}

/** The table of exit codes for the help. */
export const EXIT_HELP = `Exit codes:
  0  done
  1  something unexpected; the message has a reference to the log
  2  the command line is wrong
  3  a rule refused it (permission, state, overlap, rows that are not good)
  4  what was named is not there (workspace, file, person, job)
  5  the workspace is locked, or the key, passphrase or key file is wrong
  6  a check found something wrong (verify, a damaged backup), or a month that is not ready
  7  another process has the workspace and does not answer, or is in the way
  8  no room on the disk, or it cannot be written to
  9  the server of a connected workspace cannot be reached
  130  interrupted`
