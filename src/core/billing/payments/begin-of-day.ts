import { Temporal } from 'temporal-polyfill'
import { reading, type Tx } from '#core/database/store.ts'
import { workspaceZone } from '../churn/months-before.ts'

/**
 * The first moment of a day in the workspace's zone: that of money which a bank dates. The journal and the month's lock
 * read instants in that zone, so that what came on the first of a month is in that month wherever the workspace is.
 */
export async function beginOfDay(tx: Tx, day: string): Promise<bigint> {
  const zone = await workspaceZone(reading(tx))
  return BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
}
