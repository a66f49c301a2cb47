import { table, text } from '../table.ts'

export const tables = {
  /** In which form customers want electronic invoices, besides what the workspace says. */
  customer_e_invoices: table({
    scope: 'finance',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      format: text<'none' | 'ubl' | 'cii' | 'factur-x'>(),
    },
  }),
}
