import { z } from 'zod'
import { findCurrency } from '../../currencies.ts'
import { EVERYONE } from '../../permissions.ts'
import { isZone } from '../../zones.ts'
import { command, Instant, service, Uuid } from '../define.ts'
import { Email, PersonName } from './people.ts'

export const WorkspaceName = z.string().trim().min(1).max(200)
export const ZoneName = z.string().max(100).refine(isZone, 'not a time zone')
export const CurrencyCode = z.string().refine(code => findCurrency(code) !== undefined, 'not a currency')

/** Whether a lost secret of the database can still be made up for. `unavailable`: there is nothing to unlock. */
export const RecoveryState = z.enum(['none', 'unconfirmed', 'confirmed', 'unavailable'])
export type RecoveryState = z.infer<typeof RecoveryState>

const first = {
  name: WorkspaceName,
  zone: ZoneName,
  currency: CurrencyCode,
  admin: z.object({ name: PersonName, email: Email }),
}
const notEmpty = { WORKSPACE_NOT_EMPTY: { data: z.object({ name: z.string() }) } }

export const setup = {
  /** What the first page needs to know: is there anything, and can it be recovered. */
  state: service('workspace.setup.state', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object({}))
    .output(
      z.object({
        state: z.enum(['empty', 'demo', 'real']),
        name: z.string(),
        recovery: RecoveryState,
        recoveryConfirmedAt: Instant.nullable(),
        /** Real data must not go in before the recovery key is confirmed. */
        recoveryNeeded: z.boolean(),
      }),
    ),
  /** Gives an empty workspace its name and its first admin: the person who calls it, who nobody is yet. */
  begin: command('workspace.setup.begin', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object(first))
    .output(z.object({ admin: Uuid }))
    .errors(notEmpty),
  /** The same by the core itself, for the demo and for tests. */
  create: command('workspace.setup.create', { roles: [], internal: true, hostOnly: true })
    .input(z.object({ ...first, demo: z.boolean() }))
    .output(z.object({ admin: Uuid }))
    .errors(notEmpty),
}
