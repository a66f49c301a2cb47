import { describe, expect, it } from 'vitest'
import { compareRows } from './compared.ts'

const row = (more: Record<string, unknown>) => ({
  table: 'invoices',
  key: 'i',
  row: { id: 'i', title: 'Ember', state: 'draft', total: 100n, note: null, digest: 'a', ...more },
})

describe('compareRows', () => {
  it('shows what differs and what was wanted, and counts the rest', () => {
    const [invoice] = compareRows(
      'billing.invoice.approve',
      { invoiceId: 'i', digest: 'a' },
      [row({})],
      [row({ total: 120n, digest: 'b' })],
    )
    expect(invoice).toMatchObject({ title: 'Ember', gone: null, same: 2 })
    expect(invoice?.fields).toEqual([
      { name: 'state', basedOn: 'draft', current: 'draft', wanted: 'approved', differs: false },
      { name: 'total', basedOn: 100n, current: 120n, wanted: undefined, differs: true },
    ])
  })

  it('takes what was wanted from the input, by the name of the column', () => {
    const [person] = compareRows(
      'workspace.people.edit',
      { personId: 'p', name: 'Grace', email: 'g@x' },
      [{ table: 'people', key: 'p', row: { id: 'p', name: 'Greta', email: 'g@x', created_at: 1n } }],
      [{ table: 'people', key: 'p', row: { id: 'p', name: 'Gretel', email: 'g@x', created_at: 1n } }],
    )
    expect(person?.fields).toMatchObject([
      { name: 'name', basedOn: 'Greta', current: 'Gretel', wanted: 'Grace', differs: true },
      { name: 'email', wanted: 'g@x', differs: false },
    ])
  })

  it('says what is gone or came meanwhile, first', () => {
    const gone = compareRows(
      'x.y',
      {},
      [row({}), { table: 'plans', key: 'p', row: { name: 'P' } }],
      [row({})],
    )
    expect(gone.map(one => [one.table, one.gone])).toEqual([
      ['plans', 'there'],
      ['invoices', null],
    ])
    expect(compareRows('x.y', {}, null, [row({})])[0]).toMatchObject({ gone: 'here' })
    expect(compareRows('x.y', {}, [row({})], null)[0]).toMatchObject({ gone: null })
    expect(compareRows('x.y', null, null, null)).toEqual([])
  })
})
