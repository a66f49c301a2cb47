import { afterEach, describe, expect, it } from 'vitest'
import { makeBilling } from '#core/workspace/demo/billing/make-billing.ts'
import { keepBooks } from '#core/workspace/demo/books/keep-books.ts'
import { type DemoWorld, demoWorld, smallCompany } from '#core/workspace/demo/testing/billing-kit.ts'
import { LegalEntity } from '#shared/contract/billing/entities.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, WORKSPACE } from '#test/kit/core-kit.ts'

const { billing } = contract

let t: DemoWorld
afterEach(() => t.close())

/** The books of a small company; what is asked of other people is really asked. */
async function keep(): Promise<void> {
  const company = smallCompany(60)
  const context: typeof t.context = {
    ...t.context,
    command: (leaf, input) => t.core.call(leaf, input, t.analyst) as never,
  }
  await makeBilling(t.context, company, () => {})
  await keepBooks(context, company)
}

const rowsOf = (table: 'balance_transfers' | 'settlements' | 'invoices' | 'payments' | 'wallet_grants') =>
  t.store.read(WORKSPACE, ({ db }) => db.selectFrom(table).selectAll().execute()) as Promise<never>

describe.each(DATABASES)('the demo’s books on %s', database => {
  it('show what each page of billing is for, and agree with the ledger', async () => {
    t = await demoWorld(database)
    await keep()
    const { core, analyst } = t

    // As an admin could have entered them.
    const { entities } = await core.call(billing.entity.list, {}, analyst)
    expect(
      LegalEntity.array()
        .parse(entities)
        .map(one => one.key),
    ).toEqual(['us', 'eu'])
    const { wallets } = await core.call(billing.wallet.list, {}, analyst)
    expect(wallets.map(one => one.name).sort()).toEqual(['Model credits', 'Paid ahead', 'Prepaid'])
    // What a grant has left is what the ledger has on its account.
    const transfers: { debit: string; credit: string; amount: bigint }[] = await rowsOf('balance_transfers')
    const grants: { id: string; rest: bigint; held: bigint }[] = await rowsOf('wallet_grants')
    expect(grants.length).toBeGreaterThan(5)
    for (const { id, rest, held } of grants) {
      const on = (account: string) =>
        transfers.reduce(
          (sum, one) =>
            sum + (one.debit === account ? one.amount : 0n) - (one.credit === account ? one.amount : 0n),
          0n,
        )
      expect([on(`wallet:${id}`), on(`held:${id}`)].map(sum => (sum < 0n ? -sum : sum))).toEqual([rest, held])
    }
    // What an invoice is settled by never comes to more than it asks for, and what is paid is settled whole.
    const settlements: { invoice_id: string; amount: bigint }[] = await rowsOf('settlements')
    const settled = Map.groupBy(settlements, one => one.invoice_id)
    const invoices: { id: string; kind: string; state: string; total: bigint }[] = await rowsOf('invoices')
    for (const { id, kind, state, total } of invoices) {
      if (kind !== 'invoice') continue
      const sum = (settled.get(id) ?? []).reduce((all, one) => all + one.amount, 0n)
      expect(sum).toBeLessThanOrEqual(total)
      if (state === 'paid') expect(sum).toBe(total)
    }

    const { mandates } = await core.call(billing.mandate.list, {}, analyst)
    expect(new Set(mandates.map(one => one.state))).toEqual(new Set(['valid', 'revoked']))
    const { runs } = await core.call(billing.debit.list, {}, analyst)
    expect(runs.map(one => one.state)).toContain('done')
    const { lines } = await core.call(billing.bank.lines, {}, analyst)
    expect(new Set(lines.map(one => one.state))).toEqual(new Set(['open', 'ignored']))
    expect(lines.some(one => (one.suggestions[0]?.score ?? 0) >= 90)).toBe(true)
    const { refunds } = await core.call(billing.refund.list, {}, analyst)
    expect(refunds.map(one => one.state).sort()).toEqual(['done', 'waiting'])
    const { disputes } = await core.call(billing.dispute.list, {}, analyst)
    expect(disputes.map(one => one.state)).toEqual(['open'])
    const { approvals } = await core.call(contract.workspace.approval.list, {}, analyst)
    expect(approvals.map(one => one.kind).sort()).toEqual([
      'billing.correction.credit',
      'billing.refund.ofPayment',
    ])
    const journal = await core.call(billing.journal.get, { period: '2026-08', profile: 'datev' }, analyst)
    expect(journal.exports.map(one => one.profile).sort()).toEqual(['datev', 'quickbooks'])
  })
})

describe('the demo’s books', () => {
  it('are not kept twice', async () => {
    t = await demoWorld('sqlite')
    await keep()
    const before = await rowsOf('balance_transfers')
    await keep()
    expect(await rowsOf('balance_transfers')).toEqual(before)
  })
})
