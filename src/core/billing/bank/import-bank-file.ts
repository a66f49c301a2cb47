import { basename } from 'node:path'
import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import type { FilesPort } from '#core/files-port.ts'
import { serve } from '#core/runtime/handlers.ts'
import { plainIban } from '#engines/billing/payments/iban.ts'
import { bank as leaf } from '#shared/contract/billing/bank.ts'
import { refuse } from '#shared/errors.ts'
import { readBankFile } from './read-bank-file.ts'
import { fingerprinted, type ReadStatement } from './statement.ts'

/**
 * Reads a statement and stores the lines that are not there yet. Nothing of a file goes in that is of another
 * account, or whose lines do not lead from its opening to its closing balance.
 */
export function importBankFile(files: FilesPort) {
  return serve(leaf.import, async call => {
    const { input } = call
    const { path } = staged(files, input.fileId)
    const chosen = await call.read(reader => accountById(reader, input.accountId))
    const { digest, statements } = await readBankFile(path, input.fileId, chosen?.currency ?? null)
    const statement = joined(statements)
    const account = await call.read(reader => accountOf(reader, statement, chosen))
    checkBalance(statement)
    const lines = fingerprinted(statement.lines)
    const known = await call.read(reader => knownOf(reader, account.id, digest))
    if (known.file) {
      const { file_name, imported_at } = known.file
      throw refuse('BILLING_BANK_FILE_KNOWN', { fileName: file_name, importedAt: imported_at })
    }
    const fresh = lines.filter(line => !known.lines.has(line.fingerprint))
    const days = lines.map(line => line.bookedOn).sort()
    const facts = {
      ...{ format: statement.format, statement: statement.statement },
      ...{ firstOn: days[0] ?? null, lastOn: days.at(-1) ?? null },
      ...{ opening: statement.opening, closing: statement.closing },
    }
    const sum = (sign: 1 | -1) =>
      lines.reduce((total, { amount }) => total + (amount > 0n === sign > 0 ? amount : 0n), 0n)
    const receipt = {
      ...{ ...facts, fileName: input.fileName, accountId: account.id, account: account.name },
      ...{ lines: lines.length, fresh: fresh.length, pending: statement.pending },
      ...{ incoming: sum(1), outgoing: sum(-1), currency: account.currency },
    }
    if (input.dryRun) return { ...receipt, done: false }
    await call.run(leaf.store, { ...facts, accountId: account.id, fileName: input.fileName, digest, lines })
    files.release(input.fileId)
    return { ...receipt, done: true }
  })
}

function staged(files: FilesPort, fileId: string) {
  try {
    return files.find(fileId, 'read')
  } catch {
    throw refuse('BILLING_FILE_GONE', { fileId: basename(fileId) })
  }
}

/** Statements of one account, day after day, as one; a file that was read has one at least. */
function joined(statements: readonly ReadStatement[]): ReadStatement {
  const first = statements[0]!
  const last = statements.at(-1)!
  if (statements.some(({ account, currency }) => account !== first.account || currency !== first.currency))
    throw unreadable('several-accounts')
  return {
    ...first,
    opening: first.opening,
    closing: last.closing,
    pending: statements.reduce((sum, { pending }) => sum + pending, 0),
    lines: statements.flatMap(({ lines }) => lines),
  }
}

async function accountById(reader: Reader, id: string | undefined): Promise<Row<'bank_accounts'> | null> {
  if (id === undefined) return null
  const row = await reader.db.selectFrom('bank_accounts').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'bank-account', id })
  return row
}

/** The workspace's account that a statement is of. */
async function accountOf(
  reader: Reader,
  { account: number, currency }: ReadStatement,
  chosen: Row<'bank_accounts'> | null,
): Promise<Row<'bank_accounts'>> {
  if (number === '') {
    if (chosen === null) throw refuse('BILLING_BANK_ACCOUNT_NEEDED')
    return chosen
  }
  const plain = plainIban(number)
  const accounts = await reader.db.selectFrom('bank_accounts').selectAll().orderBy('id').execute()
  const found = accounts.find(
    row => plainIban(row.number) === plain && (currency === '' || row.currency === currency),
  )
  if (!found) throw refuse('BILLING_BANK_ACCOUNT_UNKNOWN', { number })
  if (chosen !== null && chosen.id !== found.id)
    throw refuse('BILLING_BANK_FILE_OTHER_ACCOUNT', { account: chosen.name, number })
  return found
}

/** The lines have to lead from one balance to the other, or a part of the file is missing. */
function checkBalance({ opening, closing, lines, currency }: ReadStatement): void {
  if (opening === null || closing === null) return
  const expected = lines.reduce((sum, line) => sum + line.amount, opening)
  if (expected !== closing) throw refuse('BILLING_BANK_FILE_BALANCE', { expected, found: closing, currency })
}

async function knownOf(reader: Reader, accountId: string, digest: string) {
  const file = await reader.db
    .selectFrom('bank_files')
    .select(['file_name', 'imported_at'])
    .where('account_id', '=', accountId)
    .where('digest', '=', digest)
    .executeTakeFirst()
  const rows = await reader.db
    .selectFrom('bank_lines')
    .select('fingerprint')
    .where('account_id', '=', accountId)
    .execute()
  return { file, lines: new Set(rows.map(row => row.fingerprint)) }
}

function unreadable(reason: string) {
  return refuse('BILLING_BANK_FILE_UNREADABLE', { reason, line: null })
}
