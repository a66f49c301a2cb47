import { createHash } from 'node:crypto'
import { reading } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer, handle, serve } from '#core/runtime/handlers.ts'
import { type Dispute, disputes as leaf } from '#shared/contract/billing/disputes.ts'
import { refuse } from '#shared/errors.ts'
import { noteInvoice } from '../invoices/history.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import { subjectTitle } from './credit.ts'
import { disputedOf, disputesOf, getDispute } from './dispute-rows.ts'

export const listDisputes = answer(leaf.list, async ({ reader, input }) => {
  const { state, customerId, limit } = input
  return { disputes: await disputesOf(reader, { state, customerId }, limit) }
})

/** A customer says that an invoice, or a part of it, is not owed. */
export const openDispute = handle(leaf.open, async call => {
  const { tx, input, ids, actor, now } = call
  const invoice = await getInvoice(tx, input.invoiceId)
  if (invoice.kind !== 'invoice' || (invoice.state !== 'issued' && invoice.state !== 'paid'))
    throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  const left = invoice.total - ((await disputedOf(tx, [invoice.id])).get(invoice.id) ?? 0n)
  if (input.amount <= 0n || input.amount > left)
    throw refuse('BILLING_DISPUTE_AMOUNT', { left, asked: input.amount })
  const id = ids.next()
  await tx.db
    .insertInto('disputes')
    .values({
      ...{ id, invoice_id: invoice.id, customer_id: invoice.customer_id, currency: invoice.currency },
      ...{ title: await subjectTitle(tx, invoice), amount: input.amount, reason: input.reason },
      ...{ state: 'open', deadline_at: input.deadlineAt, opened_by: byWhomOrNobody(actor), opened_at: now },
      ...{ decided_by: null, decided_at: null, outcome: null },
    })
    .execute()
  await noteInvoice(call, invoice.id, 'billing.dispute.open', input.reason)
  return getDispute(tx, id)
})

function openOne(dispute: Dispute): Dispute {
  if (dispute.state !== 'open') throw refuse('BILLING_DISPUTE_STATE', { state: dispute.state })
  return dispute
}

/** Under which the bytes of a file of evidence are kept. */
const DOCUMENT = 'dispute-evidence'

export const addEvidence = handle(leaf.addEvidence, async ({ tx, input, ids, actor, now }) => {
  const { disputeId, text, file, base64 } = input
  const dispute = openOne(await getDispute(tx, disputeId))
  if (text === '' && (file === null || base64 === null)) throw refuse('BILLING_EVIDENCE_EMPTY', {})
  const bytes = file === null || base64 === null ? null : new Uint8Array(Buffer.from(base64, 'base64'))
  const digest = bytes && createHash('sha256').update(bytes).digest('hex')
  const id = ids.next()
  await tx.db
    .insertInto('dispute_evidence')
    .values({
      ...{ id, dispute_id: dispute.id, text, added_by: byWhomOrNobody(actor), added_at: now },
      ...{ file_name: bytes && file!.name, media_type: bytes && file!.mediaType, digest },
      size: bytes && BigInt(bytes.length),
    })
    .execute()
  // On a desk the bytes stay where they were added, and travel with the command; a replay finds them there.
  if (bytes && digest)
    await tx.db
      .insertInto('documents')
      .values({
        ...{ id, entity: DOCUMENT, row_id: id, file_name: file!.name, media_type: file!.mediaType },
        ...{ digest, bytes, created_at: now },
      })
      .onConflict(on => on.columns(['entity', 'row_id']).doNothing())
      .execute()
  return getDispute(tx, dispute.id)
})

export const evidenceFile = serve(leaf.file, async ({ input, read }) =>
  read(async reader => {
    const { evidenceId } = input
    const row = await reader.db
      .selectFrom('documents')
      .select(['file_name', 'media_type', 'digest', 'bytes'])
      .where('entity', '=', DOCUMENT)
      .where('row_id', '=', evidenceId)
      .executeTakeFirst()
    if (!row) {
      const known = await reader.db
        .selectFrom('dispute_evidence')
        .select('digest')
        .where('id', '=', evidenceId)
        .executeTakeFirst()
      if (known?.digest) throw refuse('BILLING_EVIDENCE_ELSEWHERE', {})
      throw refuse('WORKSPACE_NOT_FOUND', { entity: 'evidence', id: evidenceId })
    }
    const { bytes } = row
    return {
      fileName: row.file_name,
      mediaType: row.media_type,
      digest: row.digest,
      base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    }
  }),
)

/**
 * Ends a dispute. Lost, its amount is given back by a credit note, under the same rules as any other: above the
 * limit other people are asked, and the dispute is lost whatever they say.
 */
export const decideDispute = handle(leaf.decide, async call => {
  const { tx, input, actor, now } = call
  const { decision, outcome, money } = input
  const dispute = openOne(await getDispute(tx, input.disputeId))
  let approvalId: string | null = null
  if (decision === 'lost') {
    const asked = await call.runById('billing.correction.credit', {
      ...{ invoiceId: dispute.invoiceId, wanted: { kind: 'amount', amount: dispute.amount } },
      ...{ money, reason: outcome },
    })
    approvalId = (asked as { approvalId: string | null }).approvalId
  }
  await tx.db
    .updateTable('disputes')
    .set({ state: decision, decided_by: byWhom(actor), decided_at: now, outcome })
    .where('id', '=', dispute.id)
    .execute()
  await noteInvoice(call, dispute.invoiceId, `billing.dispute.${decision}`, outcome)
  return { dispute: await getDispute(reading(tx), dispute.id), approvalId }
})
