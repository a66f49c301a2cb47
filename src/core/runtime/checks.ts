import type { Tx } from '#core/database/store.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Capability } from '#shared/contract/define.ts'
import { refuse } from '#shared/errors.ts'
import { type InputIssue, inputFaults } from '#shared/input-words.ts'
import { mayUse, type Role } from '#shared/permissions.ts'
import { type Actor, type Caller, capabilityOf, type Handler } from './handlers.ts'

/** Throws a refusal when the actor does not hold the permission of the capability. */
export function authorise(capability: Capability, actor: Actor | null, caller: Caller): void {
  if (caller.system) return
  if (caller.scopes && !caller.scopes.includes(capability.id))
    throw refuse('WORKSPACE_FORBIDDEN', { capability: capability.id, roles: [...capability.roles] })
  if (capability.open) return
  if (caller.scopes && caller.person === null && !capability.internal && !capability.vote) return
  if (!actor) throw refuse('WORKSPACE_NOBODY', {})
  if (capability.internal || !mayUse(actor.roles, capability.roles, capability.vote)) {
    throw refuse('WORKSPACE_FORBIDDEN', { capability: capability.id, roles: [...capability.roles] })
  }
}

/**
 * The person that a caller acts as; null when there is none or they are no longer active. Whoever has a
 * passphrase is believed only with a proof of it: without one the call is refused, and leaves no trace under
 * its command id, so that it can be sent again with the proof.
 */
export async function loadActor(
  session: Pick<Tx, 'db'>,
  caller: Caller,
  capability: Pick<Capability, 'open'>,
): Promise<Actor | null> {
  if (caller.person === null) return null
  const person = await session.db
    .selectFrom('people')
    .leftJoin('credentials', 'credentials.person_id', 'people.id')
    .select(['id', 'name', 'roles', 'active', 'credentials.hash as passphrase'])
    .where('id', '=', caller.person)
    .executeTakeFirst()
  if (!person || person.active === 0n) return null
  if (
    person.passphrase !== null &&
    person.passphrase !== caller.attested &&
    !caller.system &&
    !caller.vouched
  ) {
    if (capability.open) return null
    throw refuse('WORKSPACE_PASSPHRASE_NEEDED', { personId: person.id })
  }
  return { id: person.id, name: person.name, roles: fromCanonical<Role[]>(person.roles) }
}

interface Validated {
  readonly value: unknown
  readonly issues?: readonly InputIssue[]
}

/** Parses raw input by the schema of the contract. Throws a refusal that names the places. */
export function parseInput(handler: Handler, input: unknown): unknown {
  const schema = handler.leaf['~orpc'].inputSchema
  if (!schema) return input
  const outcome = schema['~standard'].validate(input) as Validated | Promise<Validated>
  if (outcome instanceof Promise) throw new Error('schemas of the contract are synchronous')
  if (!outcome.issues) return outcome.value
  throw refuse('WORKSPACE_BAD_INPUT', { issues: inputFaults(outcome.issues) })
}

/**
 * The input of a command as it was stored, brought to the version that we know and parsed.
 * @throws Refusal `SYNC_COMMAND_VERSION` for a version that is newer, or older than we can still read
 */
export function storedInput(handler: Handler, version: bigint, text: string): unknown {
  const { id, version: known } = capabilityOf(handler.leaf)
  let input = fromCanonical(text)
  for (let at = Number(version); at !== known; at++) {
    const upcast = handler.kind === 'command' ? handler.upcast?.[at] : undefined
    if (!upcast) throw refuse('SYNC_COMMAND_VERSION', { command: id, version, known: BigInt(known) })
    input = upcast(input)
  }
  return parseInput(handler, input)
}
