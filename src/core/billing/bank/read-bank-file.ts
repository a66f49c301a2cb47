import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { refuse } from '#shared/errors.ts'
import { readBankCsv } from './read-bank-csv.ts'
import { readCamt } from './read-camt.ts'
import type { ReadStatement } from './statement.ts'

/** A statement of a year of a busy account is some ten megabytes. */
const MOST_BYTES = 64 * 1024 * 1024

export interface BankFileRead {
  readonly digest: string
  readonly statements: readonly ReadStatement[]
}

/**
 * Reads a file of a bank, camt.053 or CSV, whatever its name.
 * @param currency of the account that was chosen, for files that do not say it; null for none
 * @throws Refusal `BILLING_FILE_GONE`, `BILLING_BANK_FILE_UNREADABLE`, `BILLING_BANK_ACCOUNT_NEEDED`
 */
export async function readBankFile(
  path: string,
  fileId: string,
  currency: string | null,
): Promise<BankFileRead> {
  const bytes = await readWhole(path, fileId)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const text = decode(bytes)
  if (text.trim() === '') throw unreadable('empty')
  if (text.trimStart().startsWith('<')) return { digest, statements: readCamt(text) }
  if (currency === null) throw refuse('BILLING_BANK_ACCOUNT_NEEDED')
  return { digest, statements: [readBankCsv(text, currency)] }
}

async function readWhole(path: string, fileId: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw unreadable('too-large')
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw refuse('BILLING_FILE_GONE', { fileId })
    throw error
  }
}

/** UTF-8 where it is, else the code page of western Windows, which banks still write. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function unreadable(reason: string) {
  return refuse('BILLING_BANK_FILE_UNREADABLE', { reason, line: null })
}
