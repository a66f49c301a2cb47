import * as foundation from './migrations/0001-foundation.ts'
import * as sync from './migrations/0002-sync.ts'
import * as workspace from './migrations/0003-workspace.ts'
import * as customers from './migrations/0004-customers.ts'
import * as costs from './migrations/0005-costs.ts'
import * as imports from './migrations/0006-imports.ts'
import * as costSums from './migrations/0007-cost-sums.ts'
import * as billing from './migrations/0008-billing.ts'
import * as documents from './migrations/0009-documents.ts'
import * as connection from './migrations/0010-connection.ts'
import * as identity from './migrations/0012-identity.ts'
import * as batches from './migrations/0013-batches.ts'
import * as schedules from './migrations/0014-schedules.ts'
import * as leases from './migrations/0015-leases.ts'
import * as approvals from './migrations/0016-approvals.ts'
import * as notifications from './migrations/0017-notifications.ts'
import * as pricing from './migrations/0018-pricing.ts'
import * as quotas from './migrations/0019-quotas.ts'
import * as lifecycle from './migrations/0020-subscriptions.ts'
import * as corrections from './migrations/0022-corrections.ts'
import * as payments from './migrations/0023-payments.ts'
import * as staging from './migrations/0025-staging.ts'
import * as usageBatches from './migrations/0026-usage-batches.ts'
import * as personKeys from './migrations/0027-person-keys.ts'
import * as dunning from './migrations/0029-dunning.ts'
import * as coupons from './migrations/0030-coupons.ts'
import * as monthEnd from './migrations/0031-month-end.ts'
import * as oneOffs from './migrations/0035-one-offs.ts'
import * as wallets from './migrations/0036-wallets.ts'
import * as contracts from './migrations/0037-contracts.ts'
import * as refunds from './migrations/0038-refunds.ts'
import * as tax from './migrations/0039-tax.ts'
import * as entities from './migrations/0040-entities-and-rates.ts'
import * as eInvoices from './migrations/0041-e-invoices.ts'
import * as directDebit from './migrations/0044-direct-debit.ts'
import * as journal from './migrations/0045-journal.ts'
import * as invoicing from './migrations/0046-invoicing.ts'
import * as askingOutside from './migrations/0048-asking-outside.ts'
import * as abroad from './migrations/0049-abroad.ts'
import * as walletScopes from './migrations/0050-wallet-scopes.ts'
import * as givenBack from './migrations/0051-given-back.ts'
import * as invoiceParts from './migrations/0052-invoice-parts.ts'
import type { RowOf, Table, TablesOf } from './table.ts'

/** All tables as the newest migration leaves them; migrations add theirs here. */
export const schema = {
  ...foundation.tables,
  ...sync.tables,
  ...workspace.tables,
  ...customers.tables,
  ...costs.tables,
  ...imports.tables,
  ...costSums.tables,
  ...billing.tables,
  ...documents.tables,
  ...batches.tables,
  ...schedules.tables,
  ...leases.tables,
  ...approvals.tables,
  ...notifications.tables,
  ...pricing.tables,
  ...quotas.tables,
  ...pricing.changed,
  ...quotas.changed,
  ...lifecycle.tables,
  ...corrections.tables,
  ...payments.tables,
  ...staging.tables,
  ...connection.tables,
  ...identity.tables,
  ...personKeys.tables,
  ...dunning.tables,
  ...identity.changed,
  ...monthEnd.tables,
  ...usageBatches.tables,
  ...usageBatches.changed,
  ...coupons.tables,
  ...coupons.changed,
  ...oneOffs.tables,
  ...oneOffs.changed,
  ...refunds.tables,
  ...refunds.changed,
  ...directDebit.tables,
  ...eInvoices.tables,
  ...contracts.tables,
  ...wallets.tables,
  ...wallets.changed,
  ...tax.tables,
  ...tax.changed,
  ...entities.tables,
  ...journal.tables,
  ...askingOutside.tables,
  ...invoicing.tables,
  ...invoicing.changed,
  ...abroad.tables,
  ...abroad.changed,
  ...walletScopes.changed,
  ...givenBack.changed,
  ...invoiceParts.changed,
} satisfies Record<string, Table>

export type Schema = typeof schema
export type Tables = TablesOf<Schema>
/** A row of a table, without the workspace. */
export type Row<T extends keyof Schema> = RowOf<Schema[T]>

/** The names of all tables, which the workspace scope confines. */
export const tableNames: ReadonlySet<string> = new Set(Object.keys(schema))
