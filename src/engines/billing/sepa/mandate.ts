import { Temporal } from 'temporal-polyfill'

/** What decides about a mandate. Days are local dates. */
export interface MandateFacts {
  readonly kind: 'recurrent' | 'one-off'
  readonly signedOn: string
  readonly revoked: boolean
  readonly ending: boolean
  /** The last day on which money was taken, or will be; null: never. */
  readonly lastUsedOn: string | null
}

export type Sequence = 'FRST' | 'RCUR' | 'OOFF' | 'FNAL'
export type MandateState = 'valid' | 'revoked' | 'expired' | 'used'

/** A mandate that is not used for so many months lapses (EPC016, rulebook of the core scheme, 4.7.2). */
const LAPSES_AFTER = 36

/** Whether money can be taken by a mandate on a day. */
export function mandateState(mandate: MandateFacts, on: string): MandateState {
  const { kind, signedOn, revoked, lastUsedOn } = mandate
  if (revoked) return 'revoked'
  if (kind === 'one-off' && lastUsedOn !== null) return 'used'
  const lapses = Temporal.PlainDate.from(lastUsedOn ?? signedOn).add({ months: LAPSES_AFTER })
  return Temporal.PlainDate.compare(Temporal.PlainDate.from(on), lapses) > 0 ? 'expired' : 'valid'
}

/**
 * The sequence types of several collections by one mandate, in their order: the first of all is FRST, the last of one
 * that ends is FNAL, the only one of a one-off is OOFF.
 */
export function sequencesOf(mandate: MandateFacts, count: number): Sequence[] {
  if (mandate.kind === 'one-off') return count > 0 ? ['OOFF'] : []
  return Array.from({ length: count }, (_, index) => {
    if (mandate.ending && index === count - 1) return 'FNAL'
    return mandate.lastUsedOn === null && index === 0 ? 'FRST' : 'RCUR'
  })
}
