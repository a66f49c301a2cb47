import type { VatNumber } from './vat-number.ts'

/*
 * The REST interface of VIES, the VAT Information Exchange System of the European Commission
 * (https://ec.europa.eu/taxation_customs/vies/#/technical-information).
 */

/** Prefixes of numbers that VIES knows: the member states, and Northern Ireland. */
const KNOWN: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI'.split(' '),
)

/** Why VIES said nothing of a number. */
export type ViesReason =
  /** It was not reached, took too long, or its answer was too long. */
  | 'network'
  | 'slow'
  | 'too-long'
  /** It answered with an error of its own, with what is no answer, or about another number. */
  | 'status'
  | 'answer'
  | 'other-number'
  /** It is busy, or does not serve us now. */
  | 'busy'
  | 'blocked'
  /** The member state's own register does not answer. */
  | 'member-state'
  /** It refuses the number that is asked for, or our own. */
  | 'input'
  | 'requester'

export type ViesOutcome =
  | { readonly state: 'valid' | 'invalid'; readonly answer: Readonly<Record<string, string>> }
  | { readonly state: 'not-reached'; readonly reason: ViesReason }

/** Whether VIES can be asked for a number. */
export function isKnownToVies({ prefix }: Pick<VatNumber, 'prefix'>): boolean {
  return KNOWN.has(prefix)
}

/**
 * What is posted to `check-vat-number`.
 * @param requester our own number: with it VIES gives a consultation number, which is the proof that we asked
 */
export function viesQuestion(
  number: Pick<VatNumber, 'prefix' | 'rest'>,
  requester: Pick<VatNumber, 'prefix' | 'rest'> | null,
): string {
  return JSON.stringify({
    ...{ countryCode: number.prefix, vatNumber: number.rest },
    ...(requester ? { requesterMemberStateCode: requester.prefix, requesterNumber: requester.rest } : {}),
  })
}

/** Errors by the names that VIES gives them. */
const ERRORS: Readonly<Record<string, ViesReason>> = {
  INVALID_INPUT: 'input',
  INVALID_REQUESTER_INFO: 'requester',
  SERVICE_UNAVAILABLE: 'busy',
  GLOBAL_MAX_CONCURRENT_REQ: 'busy',
  GLOBAL_MAX_CONCURRENT_REQ_TIME: 'busy',
  MS_MAX_CONCURRENT_REQ: 'busy',
  MS_MAX_CONCURRENT_REQ_TIME: 'busy',
  MS_UNAVAILABLE: 'member-state',
  TIMEOUT: 'member-state',
  VAT_BLOCKED: 'blocked',
  IP_BLOCKED: 'blocked',
}

/**
 * Reads what VIES answered. Only an answer that names the very number and says true or false says anything of it: an
 * error page, another number, or a register that is down leave it open.
 */
export function readVies(
  { status, text }: { readonly status: number; readonly text: string },
  asked: Pick<VatNumber, 'prefix' | 'rest'>,
): ViesOutcome {
  const found = objectOf(text)
  const error = found && errorOf(found)
  if (error) return { state: 'not-reached', reason: ERRORS[error] ?? 'status' }
  if (status !== 200) return { state: 'not-reached', reason: 'status' }
  if (!found || typeof found.valid !== 'boolean') return { state: 'not-reached', reason: 'answer' }
  const about = `${textOf(found.countryCode)}${textOf(found.vatNumber)}`.replace(/[\s.-]/g, '').toUpperCase()
  if (about !== asked.prefix + asked.rest) return { state: 'not-reached', reason: 'other-number' }
  const said = {
    name: textOf(found.name),
    address: textOf(found.address),
    consultation: textOf(found.requestIdentifier),
    date: textOf(found.requestDate),
  }
  return {
    state: found.valid ? 'valid' : 'invalid',
    answer: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== '')),
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** The name of an error; null where the answer has none. */
function errorOf(found: Readonly<Record<string, unknown>>): string | null {
  const { userError, errorWrappers } = found
  if (Array.isArray(errorWrappers)) {
    const [first] = errorWrappers as readonly unknown[]
    return textOf((first as { error?: unknown } | undefined)?.error) || 'unknown'
  }
  const error = textOf(userError)
  return error === '' || error === 'VALID' || error === 'INVALID' ? null : error
}

/** A value as one line; `---` is what VIES says where a member state tells nothing. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  const text = value
    .replace(/\s*\n\s*/g, ', ')
    .trim()
    .slice(0, 500)
  return text === '---' ? '' : text
}
