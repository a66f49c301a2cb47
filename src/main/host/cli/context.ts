import type { Command } from 'commander'
import type { CliServices } from '#shared/host-entries.ts'
import { type Io, toJson } from './io.ts'
import { type GlobalOptions, type Session, withSession } from './session.ts'

/** What every command of the program is made with. */
export interface CliContext {
  readonly io: Io
  readonly services: CliServices
  /** Sets the exit code of a command that ran but found something wrong. */
  readonly exitWith: (code: number) => void
}

/** The options of a command together with those that stand before it. */
export function optionsOf<T = object>(command: Command): GlobalOptions & T {
  return command.optsWithGlobals() as GlobalOptions & T
}

/** Opens the workspace for a command. */
export function inWorkspace<T>(
  { io, services }: CliContext,
  command: Command,
  work: (session: Session) => Promise<T>,
  mayCreate = false,
): Promise<T> {
  return withSession(io, optionsOf(command), services, mayCreate, work)
}

/** Writes a result to standard output: as JSON with `--json`, else as text. */
export function print(
  { io }: { readonly io: Io },
  json: boolean | undefined,
  value: unknown,
  text: () => string,
): void {
  const shown = json ? toJson(value) : text()
  if (shown !== '') io.stdout.write(`${shown}\n`)
}

/** Says something that is not the result. */
export function note({ io }: { readonly io: Io }, quiet: boolean | undefined, text: string): void {
  if (!quiet) io.stderr.write(`${text}\n`)
}
