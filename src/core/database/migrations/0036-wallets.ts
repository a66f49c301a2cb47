import { int, nullable, table, text } from '../table.ts'
import { tables as payments } from './0023-payments.ts'

/**
 * Wallets of customers, what was granted into them, and what is reserved. Where every cent went stands in
 * `balance_transfers`, in which each grant has the accounts `wallet:ID` and `held:ID`.
 */
export const tables = {
  wallets: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      /** The customer's name and the wallet's: what search finds it by. */
      title: text(),
      name: text(),
      currency: text(),
      /** 1 where it pays the customer's invoices when they are issued. */
      pays_invoices: int(),
      /** Minor units: tops itself up below the first, by the second, in a month by no more than the third; null where not. */
      auto_below: nullable(int()),
      auto_amount: nullable(int()),
      auto_most: nullable(int()),
      archived_at: nullable(int()),
      created_by: nullable(text()),
      created_at: int(),
    },
    indexes: [['customer_id']],
    search: { entity: 'wallet', title: 'title' },
  }),
  wallet_grants: table({
    scope: 'finance',
    columns: {
      id: text(),
      wallet_id: text(),
      customer_id: text(),
      kind: text<'paid' | 'free'>(),
      /** Minor units: of a top-up what it asks for, and once it is paid what was. */
      amount: int(),
      priority: int(),
      starts_at: int(),
      expires_at: nullable(int()),
      note: text(),
      /** The one-off charge that a top-up is paid by; null where nothing is paid. */
      one_off_id: nullable(text()),
      /** 1 where the wallet topped itself up. */
      automatic: int(),
      /** What the ledger has on the two accounts of the grant. */
      rest: int(),
      held: int(),
      created_by: nullable(text()),
      created_at: int(),
    },
    indexes: [['wallet_id'], ['customer_id'], ['expires_at'], ['one_off_id']],
  }),
  wallet_holds: table({
    scope: 'finance',
    columns: {
      id: text(),
      wallet_id: text(),
      customer_id: text(),
      /** Minor units: what was asked for, and what of it was used. */
      amount: int(),
      captured: int(),
      state: text<'active' | 'captured' | 'released' | 'expired'>(),
      expires_at: int(),
      /** What it is for, as whoever asked calls it. */
      reference: text(),
      created_by: nullable(text()),
      created_at: int(),
      ended_at: nullable(int()),
    },
    indexes: [
      ['wallet_id', 'created_at'],
      ['state', 'expires_at'],
    ],
  }),
}

/** Wallets settle invoices too: a text like any other, so that nothing is altered in the database. */
export const changed = {
  settlements: table({
    scope: 'finance',
    columns: {
      ...payments.settlements.columns,
      kind: text<'payment' | 'credit-note' | 'balance' | 'write-off' | 'wallet'>(),
    },
    indexes: [['invoice_id'], ['source_id'], ['customer_id']],
  }),
}
