import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATABASES } from '#test/kit/core-kit.ts'
import { emptied, sharedPglite } from '#test/kit/embedded-postgres.ts'
import type { Execute } from './dialect.ts'
import { migrate, migrations } from './migrate.ts'
import { pgliteSource } from './postgres-sources.ts'
import { openSqlite, sqliteExecute } from './sqlite-connection.ts'

const W = '00000000-0000-7000-8000-000000000001'

describe.each(DATABASES)('refunds of before on %s', database => {
  const kind = database === 'sqlite' ? 'sqlite' : 'postgres'
  let execute: Execute
  let close: () => Promise<void>

  beforeEach(async () => {
    if (database === 'pglite') {
      const session = await pgliteSource(await emptied(await sharedPglite())).connect()
      execute = session.query
      close = async () => session.release()
      return
    }
    const connection = openSqlite({ path: ':memory:', monotonic: () => 0, cacheKib: 1024 }, 'write')
    execute = sqliteExecute(connection)
    close = async () => void connection.close()
  })
  afterEach(() => close())

  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row)
    const marks = names.map((_, n) => (kind === 'sqlite' ? '?' : `$${n + 1}`))
    return execute(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks.join(', ')})`,
      Object.values(row) as never,
    )
  }

  it('say whence they come, and the ledger knows them', async () => {
    const before = migrations.findIndex(one => one.name === '0038-refunds')
    await migrate(kind, execute, 0n, migrations.slice(0, before))
    await insert('customers', {
      ...{ workspace: W, id: 'c', key: 'acme', name: 'Acme', email: '', country: 'DE', currency: 'EUR' },
      ...{ zone: 'UTC', industry: '', tier: '', seats: 1n, signed_up_on: '2026-01-01', created_at: 1n },
    })
    const refund = (id: string, state: string, reason: string, at: bigint) =>
      insert('refunds', {
        ...{ workspace: W, id, payment_id: 'p', customer_id: 'c', currency: 'EUR', amount: 100n, reason },
        ...{ state, created_at: at },
      })
    await insert('credit_notes', {
      ...{ workspace: W, id: 'n', invoice_id: 'i', customer_id: 'c', currency: 'EUR', total: 200n },
      ...{ reason: 'Outage', applied: 0n, refunded: 200n, credited: 0n, requested_by: '', created_at: 5n },
    })
    await refund('r1', 'waiting', 'Paid twice', 4n)
    await refund('r2', 'waiting', 'Outage', 5n)
    await refund('r3', 'done', 'Outage', 5n)
    await refund('r4', 'done', 'Paid twice', 4n)
    await migrate(kind, execute, 0n)
    const { rows } = await execute(
      'SELECT id, title, source, credit_note_id, way, provider FROM refunds ORDER BY id',
      [],
    )
    expect(rows).toEqual(
      [
        { id: 'r1', title: 'Acme · Paid twice', source: 'payment', credit_note_id: null },
        { id: 'r2', title: 'Acme · Outage', source: 'credit-note', credit_note_id: 'n' },
        { id: 'r3', title: 'Acme · Outage', source: 'credit-note', credit_note_id: 'n' },
        { id: 'r4', title: 'Acme · Paid twice', source: 'payment', credit_note_id: null },
      ].map(row => ({ ...row, way: 'original', provider: 'manual' })),
    )
    const booked = await execute('SELECT id, debit, credit, source_id FROM balance_transfers ORDER BY id', [])
    // What waits is owed; what a credit note had sent out has gone.
    expect(booked.rows).toEqual([
      { id: 'r1', debit: 'cash', credit: 'refundable', source_id: 'r1' },
      { id: 'r3', debit: 'refundable', credit: 'cash', source_id: 'r3' },
    ])
  })
})
