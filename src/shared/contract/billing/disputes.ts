import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from '../define.ts'
import { askingErrors } from '../workspace/approvals.ts'
import { InvoiceState } from './invoices.ts'
import { CurrencyCode, Minor } from './values.ts'

export const DisputeState = z.enum(['open', 'won', 'lost', 'withdrawn'])
export type DisputeState = z.infer<typeof DisputeState>

const Person = z.object({ id: Uuid, name: z.string() })

export const Evidence = z.object({
  id: Uuid,
  text: z.string(),
  file: z
    .object({ name: z.string(), mediaType: z.string(), digest: Digest, size: z.number().int() })
    .nullable(),
  addedBy: Person,
  addedAt: Instant,
})

/** A customer says that an invoice, or a part of it, is not owed. */
export const Dispute = z.object({
  id: Uuid,
  invoiceId: Uuid,
  invoiceNumber: z.string(),
  customerId: Uuid,
  customer: z.string(),
  currency: CurrencyCode,
  /** Of the invoice's total. */
  amount: Minor,
  reason: z.string(),
  state: DisputeState,
  deadlineAt: Instant.nullable(),
  openedBy: Person,
  openedAt: Instant,
  decidedBy: Person.nullable(),
  decidedAt: Instant.nullable(),
  outcome: z.string().nullable(),
  evidence: z.array(Evidence),
})
export type Dispute = z.infer<typeof Dispute>

/** Bytes of a file of evidence, at most: it travels within its command. */
export const EVIDENCE_BYTES = 1_500_000

const Reason = z.string().trim().min(1).max(2000)
const One = z.object({ disputeId: Uuid })
const WRITERS = ['analyst'] as const
const state = { BILLING_DISPUTE_STATE: { data: z.object({ state: DisputeState }) } }

export const disputes = {
  list: query('billing.dispute.list', { roles: EVERYONE })
    .input(
      z.object({
        state: DisputeState.optional(),
        customerId: Uuid.optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ disputes: z.array(Dispute) })),
  /** From here on the customer is not reminded of the amount. */
  open: command('billing.dispute.open', { roles: WRITERS })
    .input(
      z.object({
        invoiceId: Uuid,
        amount: Minor,
        reason: Reason,
        deadlineAt: Instant.nullable().default(null),
      }),
    )
    .output(Dispute)
    .errors({
      BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) },
      /** More than the invoice comes to less what is disputed already, or nothing. */
      BILLING_DISPUTE_AMOUNT: { data: z.object({ left: Minor, asked: Minor }) },
    }),
  addEvidence: command('billing.dispute.addEvidence', { roles: WRITERS, secret: ['base64'] })
    .input(
      One.extend({
        text: z.string().trim().max(10_000).default(''),
        file: z
          .object({ name: z.string().min(1).max(200), mediaType: z.string().max(100) })
          .nullable()
          .default(null),
        /** The bytes of the file; the log has their digest in the answer only. */
        base64: z
          .base64()
          .max(Math.ceil(EVIDENCE_BYTES / 3) * 4)
          .nullable()
          .default(null),
      }),
    )
    .output(Dispute)
    .errors({ ...state, BILLING_EVIDENCE_EMPTY: { data: z.object({}) } }),
  /** The bytes of a file of evidence. */
  file: service('billing.dispute.file', { roles: EVERYONE })
    .input(z.object({ evidenceId: Uuid }))
    .output(z.object({ fileName: z.string(), mediaType: z.string(), digest: Digest, base64: z.string() }))
    .errors({ BILLING_EVIDENCE_ELSEWHERE: { data: z.object({}) } }),
  /** `won`: the invoice stands; `lost`: the amount is given back by a credit note; `withdrawn`: by the customer. */
  decide: command('billing.dispute.decide', { roles: WRITERS })
    .input(
      One.extend({
        decision: z.enum(['won', 'lost', 'withdrawn']),
        outcome: Reason,
        /** Of money that was paid already, where it is lost. */
        money: z.enum(['refund', 'balance']).default('balance'),
      }),
    )
    .output(z.object({ dispute: Dispute, approvalId: Uuid.nullable() }))
    .errors({
      ...state,
      ...askingErrors,
      BILLING_CREDIT_OVER_INVOICE: { data: z.object({ left: Minor, asked: Minor }) },
      BILLING_INVOICE_STATE: { data: z.object({ state: InvoiceState }) },
      BILLING_PERIOD_LOCKED: { data: z.object({ period: z.string() }) },
    }),
}
