import type { Log } from '#core/create-core.ts'
import type { BackendConfig } from './config.ts'

/** What a command of the server is given. */
export interface CommandContext {
  readonly config: BackendConfig
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** One line for the person. */
  readonly say: (line: string) => void
}
