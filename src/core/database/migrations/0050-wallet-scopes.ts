import { int, nullable, table, text } from '../table.ts'
import { tables as wallets } from './0036-wallets.ts'

/** What wallets and grants are for, from which amount on somebody is told that little is left, and what was told. */
export const changed = {
  wallets: table({
    scope: 'finance',
    columns: {
      ...wallets.wallets.columns,
      /** JSON: the plans, metrics and products that it pays for; null for everything. */
      pays_for: nullable(text()),
      /** Minor units: below it somebody is told; null for nobody. */
      low_below: nullable(int()),
      /** Since when it is below it, as was told; null where it is not. */
      low_since: nullable(int()),
    },
    indexes: [['customer_id']],
    search: { entity: 'wallet', title: 'title' },
  }),
  wallet_grants: table({
    scope: 'finance',
    columns: {
      ...wallets.wallet_grants.columns,
      /** JSON like that of its wallet: it pays what is in both. */
      pays_for: nullable(text()),
      /** The request that has to allow it; null where one person could decide it. */
      approval_id: nullable(text()),
      /** When it was said that it expires soon, and that it has. */
      told_expiring: nullable(int()),
      told_expired: nullable(int()),
    },
    indexes: [['wallet_id'], ['customer_id'], ['expires_at'], ['one_off_id']],
  }),
  wallet_holds: table({
    scope: 'finance',
    columns: {
      ...wallets.wallet_holds.columns,
      /** What it is for; null for nothing in particular, which only grants without limits can be used for. */
      metric_id: nullable(text()),
    },
    indexes: [
      ['wallet_id', 'created_at'],
      ['state', 'expires_at'],
    ],
  }),
}

export const tables = {}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const words = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
  const number = kind === 'sqlite' ? 'INTEGER' : 'bigint'
  const add = (table: string, name: string, type: string) => `ALTER TABLE ${table} ADD COLUMN ${name} ${type}`
  return [
    add('wallets', 'pays_for', words),
    add('wallets', 'low_below', number),
    add('wallets', 'low_since', number),
    add('wallet_grants', 'pays_for', words),
    add('wallet_grants', 'approval_id', words),
    add('wallet_grants', 'told_expiring', number),
    add('wallet_grants', 'told_expired', number),
    add('wallet_holds', 'metric_id', words),
    // What expired and was booked before is no news.
    'UPDATE wallet_grants SET told_expired = expires_at WHERE expires_at IS NOT NULL AND rest = 0 AND held = 0',
  ]
}
