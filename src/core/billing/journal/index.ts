import type { EnvironmentSettings } from '#shared/settings.ts'
import { exportJournal, journalFile } from './export-journal.ts'
import { setAccount } from './set-account.ts'
import { listProfiles, showJournal } from './show-journal.ts'

export function journalHandlers(environment: EnvironmentSettings) {
  return {
    get: showJournal(environment),
    profiles: listProfiles,
    setAccount,
    export: exportJournal(environment),
    file: journalFile,
  }
}
