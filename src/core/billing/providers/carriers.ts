import type { Reader, Store } from '#core/database/store.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import type { ProviderOutcome } from '#shared/contract/billing/payment-methods.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { getPayment } from '../payments/payment-rows.ts'
import { getRefund } from '../refunds/refund-rows.ts'
import {
  type PayingCustomer,
  type PaymentAsk,
  type PaymentProviders,
  type PayOutAsk,
  providerNamed,
} from './payment-provider.ts'

/** A provider is asked for a payment. */
export const COLLECT_EFFECT = 'billing.payment.collect'
/** A provider is told that a payment is not wanted any more. */
export const WITHDRAW_EFFECT = 'billing.payment.withdraw'
/** A provider is asked to send money back. */
export const PAY_OUT_EFFECT = 'billing.refund.payOut'

export interface ProviderCarrierParts {
  readonly store: Store
  readonly workspace: string
  readonly providers: PaymentProviders
  readonly paymentTold: (paymentId: string, outcome: ProviderOutcome) => Promise<void>
  readonly refundTold: (refundId: string, outcome: ProviderOutcome) => Promise<void>
}

/** Carries to providers what commands ask of them, after the commit; what they answer comes back as a command. */
export function providerCarriers(parts: ProviderCarrierParts): EffectCarrier[] {
  const { store, workspace, providers } = parts
  const read = <T>(work: (reader: Reader) => Promise<T>) => store.read(workspace, work)
  return [
    {
      kind: COLLECT_EFFECT,
      async carry({ id: key, payload }) {
        const { paymentId } = payload as { paymentId: string }
        const found = await read(reader => paymentAsk(reader, paymentId, key))
        // It was confirmed, or given up, before anybody was asked.
        if (found === null) return
        const { collecting } = providerNamed(providers, found.provider)
        if (!collecting) throw cannot(found.provider, 'collect')
        await parts.paymentTold(paymentId, await collecting.create(found.ask))
      },
    },
    {
      kind: WITHDRAW_EFFECT,
      async carry({ payload }) {
        const { provider, ref } = payload as { provider: string; ref: string }
        await providerNamed(providers, provider).collecting?.withdraw(ref)
      },
    },
    {
      kind: PAY_OUT_EFFECT,
      async carry({ id: key, payload }) {
        const { refundId } = payload as { refundId: string }
        const found = await read(reader => payOutAsk(reader, refundId, key))
        if (found === null) return
        const { payOut } = providerNamed(providers, found.provider)
        if (!payOut) throw cannot(found.provider, 'refund')
        await parts.refundTold(refundId, await payOut(found.ask))
      },
    },
  ]
}

function cannot(provider: string, what: string) {
  return refuse('BILLING_PROVIDER_CANNOT', { provider, what })
}

async function paymentAsk(
  reader: Reader,
  paymentId: string,
  key: string,
): Promise<{ provider: string; ask: PaymentAsk } | null> {
  const payment = await getPayment(reader, paymentId)
  if (payment.state !== 'pending') return null
  const row = await reader.db
    .selectFrom('provider_payments as asked')
    .leftJoin('payment_methods as method', 'method.id', 'asked.method_id')
    .select('method.provider_ref')
    .where('asked.payment_id', '=', paymentId)
    .executeTakeFirst()
  const { amount, currency, reference, provider } = payment
  const customer = await payingCustomer(reader, payment.customer_id)
  const method = row?.provider_ref ?? null
  return { provider, ask: { key, paymentId, customer, method, amount, currency, reference } }
}

async function payOutAsk(
  reader: Reader,
  refundId: string,
  key: string,
): Promise<{ provider: string; ask: PayOutAsk } | null> {
  const refund = await getRefund(reader, refundId)
  if (refund.state !== 'sent') return null
  const { provider_ref: payment } = await getPayment(reader, refund.payment_id)
  const { amount, currency, reason, provider } = refund
  if (payment === null) throw cannot(provider, 'refund')
  return { provider, ask: { key, refundId, payment, amount, currency, reason } }
}

/** A customer as providers are told of them. */
export async function payingCustomer(reader: Reader, customerId: string): Promise<PayingCustomer> {
  const { id, name, email } = await getCustomer(reader, customerId)
  return { id, name, email }
}
