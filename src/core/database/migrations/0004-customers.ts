import { int, nullable, table, text } from '../table.ts'

/** The organisations that the workspace bills, and what the demo was made from. */
export const tables = {
  customers: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** The workspace's own name for the customer in data: the value of the `customer` tag on cost lines. */
      key: text(),
      name: text(),
      email: text(),
      /** ISO 3166 alpha-2. */
      country: text(),
      currency: text(),
      zone: text(),
      industry: text(),
      /** The size that sales gave it: `free`, `starter`, `professional`, `enterprise`. */
      tier: text(),
      seats: int(),
      /** Days, `YYYY-MM-DD`. */
      signed_up_on: text(),
      churned_on: nullable(text()),
      created_at: int(),
    },
    unique: [['key']],
    indexes: [['name']],
    search: { entity: 'customer', title: 'name', body: ['key', 'email', 'country', 'industry'] },
  }),
  /** One row in a demo workspace, none in any other. */
  demo_state: table({
    key: [],
    columns: { seed: text(), end_month: text(), job_id: text(), created_at: int() },
  }),
}
