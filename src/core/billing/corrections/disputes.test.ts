import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { customerWithInvoices } from '../testing/payment-kit.ts'
import { disputedOf } from './dispute-rows.ts'

const { correction, dispute } = contract.billing
const { search, settings } = contract.workspace

describe.each(DATABASES)('disputes on %s', database => {
  let t: TestCore
  let invoice: Awaited<ReturnType<typeof customerWithInvoices>>['issued'][number]

  beforeEach(async () => {
    t = await testCore(database)
    invoice = (await customerWithInvoices(t)).issued[1]!
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const open = (amount: bigint, more: object = {}) =>
    t.core.call(dispute.open, { invoiceId: invoice.id, amount, reason: 'Never used it', ...more }, t.admin)
  const decide = (disputeId: string, decision: 'won' | 'lost' | 'withdrawn') =>
    t.core.call(dispute.decide, { disputeId, decision, outcome: 'Looked at it' }, t.admin)
  const disputed = () => t.store.read(t.workspace, reader => disputedOf(reader, [invoice.id]))

  it('billing.dispute.open: a part of an invoice at most, of which nobody is reminded', async () => {
    const deadlineAt = t.clock.now() + 86_400_000n
    const first = await open(3000n, { deadlineAt })
    expect(first).toMatchObject({
      ...{ state: 'open', amount: 3000n, invoiceNumber: invoice.number, deadlineAt, evidence: [] },
      openedBy: { name: 'Ada' },
    })
    expect(await code(open(0n))).toBe('BILLING_DISPUTE_AMOUNT')
    await expect(open(invoice.total)).rejects.toMatchObject({
      code: 'BILLING_DISPUTE_AMOUNT',
      data: { left: invoice.total - 3000n, asked: invoice.total },
    })
    await open(invoice.total - 3000n)
    expect(await disputed()).toEqual(new Map([[invoice.id, invoice.total]]))
    await decide(first.id, 'withdrawn')
    expect(await disputed()).toEqual(new Map([[invoice.id, invoice.total - 3000n]]))
    expect(await code(decide(first.id, 'won'))).toBe('BILLING_DISPUTE_STATE')
    const found = await t.core.call(search.query, { text: 'never used' }, t.admin)
    expect(JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).toContain(
      `/billing/invoices?invoice=${invoice.id}&tab=corrections`,
    )
  })

  it('billing.dispute.addEvidence: texts and files, as long as it is open', async () => {
    const { id } = await open(100n)
    const input = { disputeId: id, text: 'They wrote' }
    expect(await code(t.core.call(dispute.addEvidence, { disputeId: id }, t.admin))).toBe(
      'BILLING_EVIDENCE_EMPTY',
    )
    await t.core.call(dispute.addEvidence, input, t.admin)
    t.clock.advance(1000)
    const base64 = Buffer.from('hello').toString('base64')
    const file = { name: 'mail.txt', mediaType: 'text/plain' }
    const { evidence } = await t.core.call(dispute.addEvidence, { disputeId: id, file, base64 }, t.admin)
    expect(evidence.map(one => [one.text, one.file?.name, one.file?.size])).toEqual([
      ['They wrote', undefined, undefined],
      ['', 'mail.txt', 5],
    ])
    const kept = evidence.find(one => one.file)!
    expect(await t.core.call(dispute.file, { evidenceId: kept.id }, t.admin)).toEqual({
      ...{ fileName: 'mail.txt', mediaType: 'text/plain', digest: kept.file!.digest, base64 },
    })
    // The log has no bytes of it.
    const { entries } = await t.core.call(
      contract.workspace.log.list,
      { command: 'billing.dispute.addEvidence', limit: 1 },
      t.admin,
    )
    expect(entries[0]!.input).toMatchObject({ base64: '•', file })
    const nowhere = '01900000-0000-7000-8000-00000000ffff'
    expect(await code(t.core.call(dispute.file, { evidenceId: nowhere }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.deleteFrom('documents').where('id', '=', kept.id).execute()
    })
    expect(await code(t.core.call(dispute.file, { evidenceId: kept.id }, t.admin))).toBe(
      'BILLING_EVIDENCE_ELSEWHERE',
    )
    await decide(id, 'won')
    expect(await code(t.core.call(dispute.addEvidence, input, t.admin))).toBe('BILLING_DISPUTE_STATE')
    expect(await code(t.core.call(dispute.addEvidence, { ...input, disputeId: nowhere }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })

  it('billing.dispute.decide: lost is a credit note under the usual rules', async () => {
    const asked = await decide((await open(1000n)).id, 'lost')
    expect(asked.dispute).toMatchObject({ state: 'lost', outcome: 'Looked at it' })
    expect(asked.approvalId).not.toBeNull()
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 1000 }, t.admin)
    const direct = await decide((await open(500n)).id, 'lost')
    expect(direct.approvalId).toBeNull()
    const after = await t.core.call(correction.get, { invoiceId: invoice.id }, t.admin)
    expect(after.creditNotes).toMatchObject([{ total: 500n, reason: 'Looked at it' }])
    const stays = await decide((await open(500n)).id, 'won')
    expect(stays).toMatchObject({ approvalId: null, dispute: { state: 'won' } })
    const list = await t.core.call(dispute.list, { state: 'lost' }, t.admin)
    expect(list.disputes.map(one => one.amount).sort()).toEqual([1000n, 500n].sort())
  })

  it('billing.dispute.open: what is not issued is not disputed', async () => {
    const other = { invoiceId: invoice.id, reason: 'x' }
    await t.core.call(settings.set, { name: 'billing.writeOffLimit', value: 1000 }, t.admin)
    await t.core.call(correction.void, other, t.admin)
    expect(await code(open(1n))).toBe('BILLING_INVOICE_STATE')
  })
})
