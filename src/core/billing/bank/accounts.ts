import type { Row } from '#core/database/schema.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { creditorIdFault, ibanFault, plainIban } from '#engines/billing/payments/iban.ts'
import { type BankAccount, bank as leaf } from '#shared/contract/billing/bank.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'

export const listAccounts = answer(leaf.accounts, async ({ reader }) => {
  const rows = await reader.db.selectFrom('bank_accounts').selectAll().orderBy('name').orderBy('id').execute()
  const open = await reader.db
    .selectFrom('bank_lines')
    .select(eb => ['account_id', eb.fn.countAll<bigint>().as('count')])
    .where('state', '=', 'open')
    .groupBy('account_id')
    .execute()
  const counts = new Map(open.map(row => [row.account_id, Number(row.count)]))
  return { accounts: rows.map(row => ({ ...accountOf(row), open: counts.get(row.id) ?? 0 })) }
})

export const addAccount = handle(leaf.addAccount, async ({ tx, input, ids, now, undoWith }) => {
  if (findCurrency(input.currency) === undefined)
    throw refuse('BILLING_CURRENCY_UNKNOWN', { currency: input.currency })
  const number = checkedNumber(input.number)
  const row: Row<'bank_accounts'> = {
    ...{ id: ids.next(), name: input.name, holder: input.holder, number, bic: input.bic.toUpperCase() },
    ...{ currency: input.currency, creditor_id: checkedCreditor(input.creditorId), active: 1n },
    created_at: now,
  }
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('bank_accounts')
    .values(row)
    .onConflict(conflict => conflict.columns(['number', 'currency']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) throw refuse('BILLING_BANK_ACCOUNT_TAKEN', { number })
  undoWith(leaf.editAccount, { ...editable(row), accountId: row.id, active: false }, [
    leaves('bank_accounts', { id: row.id }, { active: 1n }),
  ])
  return accountOf(row)
})

export const editAccount = handle(leaf.editAccount, async ({ tx, input, undoWith }) => {
  const before = await tx.db
    .selectFrom('bank_accounts')
    .selectAll()
    .where('id', '=', input.accountId)
    .executeTakeFirst()
  if (!before) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'bank-account', id: input.accountId })
  const changes = {
    ...{ name: input.name, holder: input.holder, bic: input.bic.toUpperCase() },
    ...{ creditor_id: checkedCreditor(input.creditorId), active: input.active ? 1n : 0n },
  }
  await tx.db.updateTable('bank_accounts').set(changes).where('id', '=', before.id).execute()
  undoWith(leaf.editAccount, { ...editable(before), accountId: before.id, active: before.active === 1n }, [
    leaves('bank_accounts', { id: before.id }, changes),
  ])
  return accountOf({ ...before, ...changes })
})

function editable(row: Row<'bank_accounts'>) {
  return { name: row.name, holder: row.holder, bic: row.bic, creditorId: row.creditor_id }
}

function accountOf(row: Row<'bank_accounts'>): BankAccount {
  return {
    ...{ id: row.id, name: row.name, holder: row.holder, number: row.number, bic: row.bic },
    ...{ currency: row.currency, creditorId: row.creditor_id, active: row.active === 1n },
  }
}

/** What begins as an IBAN does has to be one; other countries have numbers of their own. */
function checkedNumber(text: string): string {
  const number = plainIban(text)
  if (!/^[A-Z]{2}\d{2}/.test(number)) return number
  const fault = ibanFault(number)
  if (fault !== null) throw refuse('BILLING_ACCOUNT_NUMBER', { field: 'number', reason: fault })
  return number
}

function checkedCreditor(text: string): string {
  if (text.trim() === '') return ''
  const fault = creditorIdFault(text)
  if (fault !== null) throw refuse('BILLING_ACCOUNT_NUMBER', { field: 'creditorId', reason: fault })
  return plainIban(text)
}
