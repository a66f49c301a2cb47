/** What can be done after a payment failed. */
export type FailureRemedy =
  /** The same again later may work. */
  | 'retry'
  /** Only the payer can: confirm it, or approve it at the bank. */
  | 'payer-confirms'
  /** This way to pay will not work again: another is needed. */
  | 'another-method'
  /** Nobody should try: it may be fraud, or is against the law. */
  | 'stop'

/** Why a payment did not come, in the words of cards and of SEPA direct debits. */
export interface PaymentFailure {
  /** Ours, the same whatever the provider calls it. */
  readonly code: string
  readonly remedy: FailureRemedy
}

/**
 * Failures by their code, with what may be done. The reason codes of SEPA are those of the EPC rulebook
 * (ISO 20022 external status reasons), those of cards what the processors of cards have in common.
 */
const FAILURES = new Map<string, PaymentFailure>(
  Object.entries({
    insufficient_funds: { code: 'insufficient-funds', remedy: 'retry' },
    AM04: { code: 'insufficient-funds', remedy: 'retry' },
    card_declined: { code: 'declined', remedy: 'retry' },
    generic_decline: { code: 'declined', remedy: 'retry' },
    do_not_honor: { code: 'declined', remedy: 'retry' },
    processing_error: { code: 'processing-error', remedy: 'retry' },
    issuer_not_available: { code: 'processing-error', remedy: 'retry' },
    MS03: { code: 'declined', remedy: 'retry' },
    authentication_required: { code: 'authentication-required', remedy: 'payer-confirms' },
    expired_card: { code: 'expired-card', remedy: 'another-method' },
    incorrect_number: { code: 'wrong-account', remedy: 'another-method' },
    invalid_account: { code: 'wrong-account', remedy: 'another-method' },
    AC01: { code: 'wrong-account', remedy: 'another-method' },
    AC04: { code: 'account-closed', remedy: 'another-method' },
    AC06: { code: 'account-blocked', remedy: 'another-method' },
    AC13: { code: 'consumer-account', remedy: 'another-method' },
    AG01: { code: 'debit-not-allowed', remedy: 'another-method' },
    MD01: { code: 'no-mandate', remedy: 'another-method' },
    MD06: { code: 'refunded-by-payer', remedy: 'payer-confirms' },
    MD07: { code: 'payer-deceased', remedy: 'stop' },
    MS02: { code: 'refused-by-payer', remedy: 'payer-confirms' },
    SL01: { code: 'refused-by-payer', remedy: 'payer-confirms' },
    RR01: { code: 'regulatory', remedy: 'stop' },
    RR02: { code: 'regulatory', remedy: 'stop' },
    RR03: { code: 'regulatory', remedy: 'stop' },
    RR04: { code: 'regulatory', remedy: 'stop' },
    lost_card: { code: 'lost-or-stolen', remedy: 'stop' },
    stolen_card: { code: 'lost-or-stolen', remedy: 'stop' },
    fraudulent: { code: 'fraud', remedy: 'stop' },
  }),
)

/** Every code of ours with its remedy, for lists and words. */
export const paymentFailures: ReadonlyMap<string, PaymentFailure> = new Map(
  [...FAILURES.values()].map(failure => [failure.code, failure]),
)

/**
 * What a provider's code means. Ours are understood too. An unknown one is `unknown` and may be tried again: most
 * failures are passing ones, and the schedule of retries ends by itself.
 */
export function failureOf(code: string): PaymentFailure {
  return FAILURES.get(code) ?? paymentFailures.get(code) ?? { code: 'unknown', remedy: 'retry' }
}
