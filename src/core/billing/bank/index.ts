import type { FilesPort } from '#core/files-port.ts'
import { addAccount, editAccount, listAccounts } from './accounts.ts'
import { importBankFile } from './import-bank-file.ts'
import { listBankLines } from './lines.ts'
import { ignoreLine, matchLine, matchOutgoing, reopenLine } from './match-line.ts'
import { listBankFiles, storeBankFile } from './store-file.ts'

export function bankHandlers(files: FilesPort) {
  return {
    accounts: listAccounts,
    addAccount,
    editAccount,
    files: listBankFiles,
    lines: listBankLines,
    import: importBankFile(files),
    store: storeBankFile,
    match: matchLine,
    matchOutgoing,
    ignore: ignoreLine,
    reopen: reopenLine,
  }
}
