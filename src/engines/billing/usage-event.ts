/** What an event must be to be taken, and what is kept of it. */

/** Where the quarters of an hour of roll-ups begin: every so many milliseconds since the epoch. */
export const QUARTER_HOUR = 900_000n
/** 2000-01-01T00:00:00Z: what is earlier is a mistake of units. */
export const EARLIEST = 946_684_800_000n
/**
 * The largest quantity of one event, in units of the metric's scale: thousands of such events still add up to
 * an int64.
 */
export const LARGEST_QUANTITY = 10n ** 15n

/** Places to which what rounding takes away is known; a quantity with more is none. */
export const EXACT_PLACES = 30

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/

export interface ScaledQuantity {
  /** In units of 10^-scale. */
  readonly units: bigint
  /** What rounding took away, in units of 10^-30: the quantity as it was given is `units` and this. */
  readonly rest: bigint
}

/**
 * A quantity in units of 10^-scale.
 * @param excess what becomes of places beyond the scale: refused, or rounded half-up (half away from zero)
 */
export function scaledQuantity(
  text: string,
  scale: number,
  excess: 'refuse' | 'round',
): ScaledQuantity | { readonly problem: 'scale' | 'range' | 'malformed' } {
  const match = DECIMAL.exec(text)
  if (!match) return { problem: 'malformed' }
  const [, sign, whole = '', places = ''] = match
  const kept = places.slice(0, scale).padEnd(scale, '0')
  const rest = places.slice(scale)
  let units = BigInt(whole + kept)
  let left = 0n
  if (/[1-9]/.test(rest)) {
    if (excess === 'refuse') return { problem: 'scale' }
    left = BigInt(rest.padEnd(EXACT_PLACES - scale, '0'))
    if (rest.charCodeAt(0) >= 53) {
      units += 1n
      left -= 10n ** BigInt(EXACT_PLACES - scale)
    }
  }
  if (units > LARGEST_QUANTITY) return { problem: 'range' }
  return sign === '-' ? { units: -units, rest: -left } : { units, rest: left }
}

/** A quantity of units of 10^-scale as a decimal without trailing zeros. */
export function quantityText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const places = scale === 0 ? '' : digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${places === '' ? '' : `.${places}`}`
}

/** Which instants events may have. */
export interface InstantRules {
  /** An event may be ahead of the clock by so many milliseconds, because clocks and zones differ. */
  readonly ahead: bigint
  /** And so many behind it; null for as old as `EARLIEST`. */
  readonly behind: bigint | null
}

export const USUAL_RULES: InstantRules = { ahead: 86_400_000n, behind: null }

/** Whether an event can have happened then. */
export function instantProblem(
  at: bigint,
  now: bigint,
  { ahead, behind }: InstantRules = USUAL_RULES,
): 'future' | 'too-old' | null {
  if (at > now + ahead) return 'future'
  return at < EARLIEST || (behind !== null && at < now - behind) ? 'too-old' : null
}

/** Properties as canonical JSON (RFC 8785), empty where there are none. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  const keys = Object.keys(properties)
  if (keys.length === 0) return ''
  const members = keys.sort().map(key => `${JSON.stringify(key)}:${JSON.stringify(properties[key])}`)
  return `{${members.join(',')}}`
}

/** The grouping values of an event: those of its properties by which the metric keeps usage apart. */
export function groupsText(groupBy: readonly string[], properties: Readonly<Record<string, string>>): string {
  if (groupBy.length === 0) return '{}'
  const kept = groupBy.filter(key => Object.hasOwn(properties, key))
  return propertiesText(Object.fromEntries(kept.map(key => [key, properties[key] as string]))) || '{}'
}
