import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { powerOfTen } from '#engines/billing/exact.ts'
import { placesOf } from '#engines/billing/rate.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/**
 * Up to which amounts, in minor units of a currency, one person decides alone. The settings count units of
 * whichever currency it is: amounts of different currencies are not compared.
 */
export async function correctionLimits(
  session: Session,
  currency: string,
): Promise<{ credit: bigint; writeOff: bigint }> {
  // Nothing in the environment overrides these two.
  const settings = await readSettings(reading(session as Tx), {})
  const unit = powerOfTen(placesOf(currency))
  return {
    credit: BigInt(settings['billing.creditLimit']) * unit,
    writeOff: BigInt(settings['billing.writeOffLimit']) * unit,
  }
}
