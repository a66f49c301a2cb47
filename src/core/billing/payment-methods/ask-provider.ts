import { answer, serve } from '#core/runtime/handlers.ts'
import { paymentMethods as leaf } from '#shared/contract/billing/payment-methods.ts'
import { payments } from '#shared/contract/billing/payments.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { getPayment } from '../payments/payment-rows.ts'
import { payingCustomer } from '../providers/carriers.ts'
import { capabilitiesOf, type PaymentProviders, providerNamed } from '../providers/payment-provider.ts'

export function listProviders(providers: PaymentProviders) {
  return answer(leaf.providers, async () => ({ providers: [...providers.values()].map(capabilitiesOf) }))
}

/** Asks a provider which methods a customer has, and keeps them. */
export function fetchMethods(providers: PaymentProviders) {
  return serve(leaf.fetch, async ({ input, read, runInternal }) => {
    const { customerId, provider: name } = input
    const customer = await read(reader => payingCustomer(reader, customerId))
    const { listMethods } = providerNamed(providers, name)
    if (!listMethods) throw refuse('BILLING_PROVIDER_CANNOT', { provider: name, what: 'list' })
    const provided = await answered(name, () => listMethods(customer))
    return runInternal(leaf.keep, { customerId, provider: name, provided: [...provided] })
  })
}

/** Opens the page of a provider for a customer: of the one that is named, or of the first that has one. */
export function openPortal(providers: PaymentProviders) {
  return serve(leaf.portal, async ({ input, read }) => {
    const { customerId, provider: named, returnUrl = null } = input
    const customer = await read(reader => payingCustomer(reader, customerId))
    const able = [...providers.values()].find(one => one.portal !== undefined)
    const { name, portal } =
      named === undefined ? (able ?? providerNamed(providers, 'manual')) : providerNamed(providers, named)
    if (!portal) throw refuse('BILLING_PROVIDER_CANNOT', { provider: name, what: 'portal' })
    return { provider: name, ...(await answered(name, () => portal(customer, returnUrl))) }
  })
}

/** Asks the provider of a payment how it stands. */
export function askPayment(providers: PaymentProviders) {
  return serve(payments.ask, async ({ input, read, runInternal }) => {
    const { paymentId } = input
    const payment = await read(reader => getPayment(reader, paymentId))
    const { name, collecting } = providerNamed(providers, payment.provider)
    const ref = payment.provider_ref
    if (!collecting) throw refuse('BILLING_PROVIDER_CANNOT', { provider: name, what: 'collect' })
    if (ref === null) throw refuse('BILLING_PAYMENT_STATE', { state: payment.state })
    const outcome = await answered(name, () => collecting.look(ref))
    return runInternal(payments.told, { paymentId, outcome })
  })
}

/** What a provider answers. @throws Refusal `BILLING_PROVIDER_FAILED` where it throws */
async function answered<T>(provider: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (isRefusal(error)) throw error
    throw refuse('BILLING_PROVIDER_FAILED', { provider, reason: (error as Error).message })
  }
}
