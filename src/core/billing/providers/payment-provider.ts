import type {
  MethodKind,
  ProviderCapabilities,
  ProviderOutcome,
} from '#shared/contract/billing/payment-methods.ts'
import { refuse } from '#shared/errors.ts'

/** Whom a provider is asked about. */
export interface PayingCustomer {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** Money that a provider is to take. Asked twice under the same key, it takes it once. */
export interface PaymentAsk {
  readonly key: string
  readonly paymentId: string
  readonly customer: PayingCustomer
  /** The provider's name of the method; null: it decides, or asks the payer. */
  readonly method: string | null
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string
  readonly reference: string
}

/** Money that a provider is to send. Asked twice under the same key, it sends it once. */
export interface PayOutAsk {
  readonly key: string
  readonly refundId: string
  /** What the provider calls the payment that it is of. */
  readonly payment: string
  readonly amount: bigint
  readonly currency: string
  readonly reason: string
}

/** A method as its provider knows it. */
export interface ProvidedMethod {
  readonly ref: string
  readonly kind: MethodKind
  readonly brand: string
  readonly holder: string
  readonly last4: string
  readonly expires: string | null
}

/**
 * Who carries payments. What it can do by itself it has a part for; the rest is done by people, who say what came of
 * it. Answers may be `pending`: the outcome is told later, by `billing.payment.told` and `billing.refund.told`. A
 * part throws where asking again may help, and answers `failed` where money was refused.
 */
export interface PaymentProvider {
  /** Kept with every payment; it never changes. */
  readonly name: string
  readonly methods: readonly MethodKind[]
  /** Takes money, says how a payment stands, and gives up what is under way. */
  readonly collecting?: {
    create(ask: PaymentAsk): Promise<ProviderOutcome>
    look(ref: string): Promise<ProviderOutcome>
    withdraw(ref: string): Promise<void>
  }
  /** Sends money back the way that it came. */
  readonly payOut?: (ask: PayOutAsk) => Promise<ProviderOutcome>
  readonly listMethods?: (customer: PayingCustomer) => Promise<readonly ProvidedMethod[]>
  /** A page where the customer looks after their methods. `expiresAt` in milliseconds since the epoch. */
  readonly portal?: (
    customer: PayingCustomer,
    returnUrl: string | null,
  ) => Promise<{ readonly url: string; readonly expiresAt: bigint }>
}

/** Nobody but people: they take the money, send it, and say so. */
export const manualProvider: PaymentProvider = {
  name: 'manual',
  methods: ['card', 'bank-account', 'bank-transfer'],
}

/** Direct debits by files that people take to their bank. */
export const sepaProvider: PaymentProvider = { name: 'sepa', methods: ['sepa-mandate'] }

export type PaymentProviders = ReadonlyMap<string, PaymentProvider>

/** Those that are always there, and what a host adds, by name. */
export function providersOf({
  paymentProviders = [],
}: {
  readonly paymentProviders?: readonly PaymentProvider[]
}): PaymentProviders {
  return new Map([manualProvider, sepaProvider, ...paymentProviders].map(one => [one.name, one]))
}

/**
 * Whether a provider of this name is asked by the application. The name alone says it, so that a command decides
 * the same on a desk, which may not know the provider, and on the authority.
 */
export function isCarried(provider: string): boolean {
  return provider !== manualProvider.name && provider !== sepaProvider.name
}

/** @throws Refusal `BILLING_PROVIDER_UNKNOWN` */
export function providerNamed(providers: PaymentProviders, name: string): PaymentProvider {
  const found = providers.get(name)
  if (!found) throw refuse('BILLING_PROVIDER_UNKNOWN', { provider: name })
  return found
}

/** What a provider can do by itself, for pages and programs. */
export function capabilitiesOf(provider: PaymentProvider): ProviderCapabilities {
  return {
    name: provider.name,
    collects: provider.collecting !== undefined,
    refunds: provider.payOut !== undefined,
    portal: provider.portal !== undefined,
    lists: provider.listMethods !== undefined,
    methods: [...provider.methods],
  }
}
