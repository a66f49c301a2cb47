import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, service, Uuid } from '../define.ts'
import { PaymentState } from './payments.ts'

/** A document that is made when it is asked for: base64 of a PDF. */
const Made = z.object({
  fileName: z.string(),
  digest: Digest,
  base64: z.string(),
  /** Characters that no face has. */
  missing: z.array(z.string()),
})
const Reached = z.object({ to: z.array(z.object({ name: z.string(), email: z.string() })) })
const Of = z.object({ paymentId: Uuid })
const Span = z.object({ customerId: Uuid, from: Instant, to: Instant })
const Note = z.string().trim().max(2000).default('')

const state = { BILLING_PAYMENT_STATE: { data: z.object({ state: PaymentState }) } }
const inverted = { BILLING_SPAN_INVERTED: { data: z.object({ from: Instant, to: Instant }) } }
const mail = {
  BILLING_NOBODY_TO_MAIL: { data: z.object({ customerId: Uuid }) },
  NOTIFY_MAIL_NOT_SET_UP: { data: z.object({}) },
  NOTIFY_SUPPRESSED: { data: z.object({ address: z.string(), reason: z.string() }) },
}

/** What customers are given about their payments. */
export const paymentDocuments = {
  /** What came, by which way, what it settles, and what remains, as things stand. */
  receipt: service('billing.payment.receipt', { roles: EVERYONE }).input(Of).output(Made).errors(state),
  /** A statement with the age of what was open at its end. */
  statementPdf: service('billing.payment.statementPdf', { roles: EVERYONE })
    .input(Span)
    .output(Made)
    .errors(inverted),
  /** Sends a receipt to the customer's billing contacts. What is sent is stored as it was. */
  sendReceipt: command('billing.payment.sendReceipt', { roles: ['analyst'], authorityOnly: true })
    .input(Of.extend({ note: Note }))
    .output(Reached)
    .errors({ ...state, ...mail }),
  sendStatement: command('billing.payment.sendStatement', { roles: ['analyst'], authorityOnly: true })
    .input(Span.extend({ note: Note }))
    .output(Reached)
    .errors({ ...inverted, ...mail }),
}
