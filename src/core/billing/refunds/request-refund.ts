import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { approvalOf } from '#core/workspace/approvals/approval-rows.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { powerOfTen } from '#engines/billing/exact.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { refunds as leaf, type RefundFrom } from '#shared/contract/billing/refunds.ts'
import { refuse } from '#shared/errors.ts'
import { balancesOf } from '../balance/transfers.ts'
import { demandAuthority } from '../corrections/authority.ts'
import { refundedAlone } from '../corrections/decided-alone.ts'
import { demandOpenPeriod, monthOf } from '../corrections/locked.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { getPayment, leftOf } from '../payments/payment-rows.ts'
import { showRefund } from './refund-rows.ts'
import { storeRefund, wayColumns } from './store-refund.ts'

/** A snapshot, or a transaction that is read. */
type Session = Reader | Tx

/** A refund of a payment above the limit. */
export const paymentRefundKind = approvalKind({
  name: 'billing.refund.ofPayment',
  entity: 'payment',
  leaf: leaf.make,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  async subject(reader, rowId) {
    const row = await reader.db
      .selectFrom('payments')
      .select(['id', 'state', 'amount', 'allocated', 'refunded'])
      .where('id', '=', rowId)
      .executeTakeFirst()
    return row ? { state: row.state, left: leftOf(row) } : null
  },
})

/** A refund of what a customer has on their balance, above the limit. */
export const balanceRefundKind = approvalKind({
  name: 'billing.refund.ofBalance',
  entity: 'customer',
  leaf: leaf.make,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: async (reader, rowId) => ({ balances: await balancesOf(reader, rowId) }),
})

/** What a refund is asked of, and how much of it there is. */
interface Fund {
  readonly customerId: string
  readonly currency: string
  readonly left: bigint
  readonly payment: Row<'payments'> | null
}

async function fundOf(session: Session, from: RefundFrom): Promise<Fund> {
  if (from.kind === 'payment') {
    const payment = await getPayment(session, from.paymentId)
    if (payment.state !== 'succeeded') throw refuse('BILLING_PAYMENT_STATE', { state: payment.state })
    const { customer_id: customerId, currency } = payment
    return { customerId, currency, left: leftOf(payment), payment }
  }
  const { customerId, currency } = from
  await getCustomer(reading(session as Tx), customerId)
  const balances = await balancesOf(session, customerId)
  const left = balances.find(one => one.currency === currency)?.amount ?? 0n
  return { customerId, currency, left, payment: null }
}

/** @throws Refusal that says why it cannot be refunded */
async function checkedFund(session: Session, input: InputOf<typeof leaf.request>): Promise<Fund> {
  const fund = await fundOf(session, input.from)
  const { left, payment } = fund
  if (input.amount > left)
    throw refuse(payment ? 'BILLING_REFUND_OVER_PAYMENT' : 'BILLING_REFUND_OVER_BALANCE', {
      ...{ left, asked: input.amount },
    })
  if (!payment && input.way.kind === 'original') throw refuse('BILLING_REFUND_NEEDS_ACCOUNT', {})
  wayColumns(input.way)
  return fund
}

/** Up to which amount, in minor units of a currency, one person refunds alone. */
export async function refundLimit(session: Session, currency: string): Promise<bigint> {
  // Nothing in the environment overrides it.
  const settings = await readSettings(reading(session as Tx), {})
  return BigInt(settings['billing.refundLimit']) * powerOfTen(placesOf(currency))
}

/** What the acting person may still refund alone: the limit less what they refunded the customer this month. */
export const showRefundLimit = answer(leaf.limit, async ({ reader, input, actor, now }) => {
  const { currency, from } = input
  const limit = await refundLimit(reader, currency)
  if (from === undefined) return { limit }
  const { customerId } = await fundOf(reader, from)
  const before = await refundedAlone(reader, { customerId, currency, person: byWhomOrNobody(actor), now })
  return { limit: before < limit ? limit - before : 0n }
})

export const requestRefund = handle(leaf.request, async call => {
  const { tx, input, actor, receivedAt } = call
  const fund = await checkedFund(tx, input)
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const inner = { ...input, requestedBy: byWhomOrNobody(actor) }
  const { customerId, currency, left, payment } = fund
  const decider = { customerId, currency, person: inner.requestedBy, now: receivedAt }
  const before = await refundedAlone(tx, decider)
  if (before + input.amount <= (await refundLimit(tx, currency))) {
    await demandAuthority(tx)
    const done = (await call.runById('billing.refund.make', inner, {
      ...{ trusted: true, adoptUndo: true },
    })) as { refund: { id: string } }
    return done as never
  }
  const { name } = await getCustomer(tx, customerId)
  const money = (minor: bigint) => ({ kind: 'money' as const, minor, currency })
  const asked = {
    ...{ title: name, input: inner, reason: input.reason, money: { amount: input.amount, currency } },
    facts: [
      {
        name: payment ? 'refund.payment' : 'refund.balance',
        ...{ before: money(left), after: money(left - input.amount) },
      },
      {
        ...{ name: 'refund.way', before: null },
        after: {
          kind: 'text' as const,
          text:
            input.way.kind === 'original'
              ? (payment?.method ?? '')
              : `${input.way.holder}, ${input.way.iban}`,
        },
      },
      ...(before === 0n
        ? []
        : [{ name: 'refund.alone', before: money(before), after: money(before + input.amount) }]),
    ],
  }
  const approvalId = payment
    ? await requestApproval(call, paymentRefundKind, { ...asked, rowId: payment.id })
    : await requestApproval(call, balanceRefundKind, { ...asked, rowId: customerId })
  return { approvalId, refund: null }
})

export const makeRefund = handle(leaf.make, async call => {
  const { tx, input, receivedAt, commandId } = call
  const { customerId, currency, payment } = await checkedFund(tx, input)
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const id = await storeRefund(call, {
    ...{ customerId, currency, amount: input.amount, reason: input.reason, way: input.way },
    ...{ source: payment ? 'payment' : 'balance', paymentId: payment?.id ?? '' },
    provider: payment?.provider ?? 'manual',
    approvalId: await approvalOf(reading(tx), commandId),
  })
  if (payment)
    await tx.db
      .updateTable('payments')
      .set({ refunded: payment.refunded + input.amount })
      .where('id', '=', payment.id)
      .execute()
  takeBack(call, id)
  return { approvalId: null, refund: await showRefund(tx, id) }
})

function takeBack({ undoWith }: Pick<CommandCall<unknown>, 'undoWith'>, refundId: string): void {
  undoWith(leaf.cancel, { refundId }, [leaves('refunds', { id: refundId }, { state: 'waiting' })])
}
