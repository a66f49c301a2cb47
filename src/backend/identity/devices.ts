import type { Row } from '#core/database/schema.ts'
import { signedText } from '#core/identity/command-signature.ts'
import { deskOf } from '#core/identity/desks.ts'
import { CHALLENGE, DEVICE_REQUEST, DEVICE_SESSION } from '#core/identity/lives.ts'
import { makeSecret, NO_WORKSPACE, readSecretName } from '#core/identity/secrets.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { access } from '#shared/contract/access.ts'
import {
  Challenge,
  type EnrolmentRequest,
  type EnrolmentState,
  enrolmentText,
  type SessionOpened,
} from '#shared/device-protocol.ts'
import { refuse } from '#shared/errors.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { type Account, asServer, type IdentityParts } from './parts.ts'

/** Consonants that nobody takes for another, and that make no words. */
const CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const CODE_LENGTH = 8
/** Requests that may wait at the same time, of one address and altogether. */
const MOST_OF_ADDRESS = 20
const MOST_WAITING = 10_000

/** A desk that waits to be confirmed, as the page shows it. */
export interface WaitingDesk {
  readonly id: Id
  readonly code: string
  readonly name: string
  readonly platform: string
  readonly address: string
  readonly publicKey: string
  readonly createdAt: bigint
}

/** Enrolment of desks, and their sessions. */
export function createDevices(parts: IdentityParts) {
  const { store, workspaces, random, newId, now, sealer } = parts

  function userCode(): string {
    let text = ''
    while (text.length < CODE_LENGTH)
      for (const byte of random(16))
        if (byte < 240 && text.length < CODE_LENGTH) text += CODE_LETTERS[byte % CODE_LETTERS.length]
    return text
  }

  return {
    /**
     * A desk asks to be enrolled.
     * @throws Refusal `ACCESS_SIGNATURE`, `ACCESS_TOO_MANY`
     */
    async ask(asked: EnrolmentRequest, audience: string, address: string) {
      const { name, platform, publicKey, signature } = asked
      const text = enrolmentText(asked, audience)
      if (!(await signedText(Buffer.from(publicKey, 'hex'), { text, signature })))
        throw refuse('ACCESS_SIGNATURE', { audience }, 'The signature is not of this key for this server.')
      const { secret, digest } = makeSecret('enrolment', NO_WORKSPACE, random)
      const code = userCode()
      const at = now()
      await store.write(NO_WORKSPACE, 'person', async tx => {
        await tx.db
          .deleteFrom('device_requests')
          .where('expires_at', '<', at - DEVICE_REQUEST)
          .execute()
        const waiting = await tx.db
          .selectFrom('device_requests')
          .select(({ fn }) => [fn.countAll<bigint>().as('all')])
          .select(({ fn }) => fn.countAll<bigint>().filterWhere('address', '=', address).as('here'))
          .where('state', '=', 'waiting')
          .where('expires_at', '>', at)
          .executeTakeFirstOrThrow()
        if (waiting.here >= MOST_OF_ADDRESS || waiting.all >= MOST_WAITING) throw tooMany()
        await tx.db
          .insertInto('device_requests')
          .values({
            ...{ id: newId(), digest, user_code: code, name, platform, public_key: publicKey, address },
            ...{ state: 'waiting', of_workspace: null, device_id: null, person_id: null },
            ...{ created_at: at, expires_at: at + DEVICE_REQUEST },
          })
          .execute()
      })
      return { secret, code: spaced(code), expiresAt: at + DEVICE_REQUEST }
    },

    /** What became of a request. */
    async state(secret: string, server: string): Promise<EnrolmentState> {
      const none = { state: 'expired' } as const
      if (readSecretName(secret)?.kind !== 'enrolment') return none
      const row = await store.read(NO_WORKSPACE, reader =>
        reader.db
          .selectFrom('device_requests')
          .selectAll()
          .where('digest', '=', digestOf(secret))
          .executeTakeFirst(),
      )
      if (!row) return none
      if (row.state !== 'confirmed') {
        if (row.state === 'refused') return { state: 'refused' }
        return row.expires_at <= now() ? none : { state: 'waiting' }
      }
      const workspace = row.of_workspace!
      return store.read(workspace, async reader => {
        const person = await reader.db
          .selectFrom('people')
          .select(['id', 'name', 'email'])
          .where('id', '=', row.person_id!)
          .executeTakeFirstOrThrow()
        const { name } = await reader.db
          .selectFrom('workspace_state')
          .select('name')
          .executeTakeFirstOrThrow()
        return {
          state: 'confirmed' as const,
          workspace: { id: workspace, name },
          device: row.device_id!,
          person,
          server,
        }
      })
    },

    /** The desk that shows this code; null where none waits. */
    async waiting(code: string): Promise<WaitingDesk | null> {
      const row = await store.read(NO_WORKSPACE, reader =>
        reader.db
          .selectFrom('device_requests')
          .selectAll()
          .where('user_code', '=', plainCode(code))
          .where('state', '=', 'waiting')
          .where('expires_at', '>', now())
          .executeTakeFirst(),
      )
      return row ? shown(row) : null
    },

    /**
     * A person confirms or refuses a desk.
     * @throws Refusal `ACCESS_DEVICE_REVOKED`
     */
    async decide(desk: WaitingDesk, { workspace, person }: Account, confirmed: boolean): Promise<void> {
      const { publicKey, name, platform } = desk
      const core = await workspaces.open(workspace)
      // Enrolling is the same however often it is done: what a crash leaves here is done again.
      const device = confirmed
        ? await core.call(
            access.devices.enrol,
            { publicKey, name, platform, personId: person },
            asServer(person),
          )
        : null
      await store.write(NO_WORKSPACE, 'person', async tx => {
        await tx.db
          .updateTable('device_requests')
          .set(
            device
              ? { state: 'confirmed', of_workspace: workspace, device_id: device.id, person_id: person }
              : { state: 'refused' },
          )
          .where('id', '=', desk.id)
          .where('state', '=', 'waiting')
          .execute()
      })
    },

    /** What a device is to sign. The same for one that nobody knows: whoever asks learns nothing. */
    challenge(workspace: Id, device: Id, audience: string): string {
      const issuedAt = now()
      const expiresAt = issuedAt + CHALLENGE
      const nonce = sealer.seal(
        'challenge',
        { workspace, device, random: Buffer.from(random(16)).toString('hex') },
        expiresAt,
      )
      return canonicalJson({
        domain: 'quarterdeck/device-session/1',
        ...{ audience, workspace, device, nonce },
        ...{ issuedAt: Number(issuedAt), expiresAt: Number(expiresAt) },
      } satisfies Challenge)
    },

    /**
     * Opens a session for a device that signed a challenge of ours, once.
     * @throws Refusal `ACCESS_CHALLENGE`, `ACCESS_DEVICE_REVOKED`
     */
    async open(
      text: string,
      signature: string,
      audience: string,
      from: { address: string; agent: string },
    ): Promise<SessionOpened> {
      const challenge = readChallenge(text)
      const at = now()
      const sealed = challenge && sealer.open<{ workspace: Id; device: Id }>('challenge', challenge.nonce, at)
      if (
        !challenge ||
        !sealed ||
        sealed.workspace !== challenge.workspace ||
        sealed.device !== challenge.device ||
        challenge.audience !== audience
      )
        throw badChallenge()
      const { workspace, device } = challenge
      const desk = await store.read(workspace, reader => deskOf(reader, device))
      if (!desk?.key || !(await signedText(desk.key.publicKey, { text, signature }))) throw badChallenge()
      if (desk.revoked) throw refuse('ACCESS_DEVICE_REVOKED', { deviceId: device })
      const { secret, digest } = makeSecret('device', workspace, random)
      const expiresAt = at + DEVICE_SESSION.life
      const fresh = await store.write(workspace, 'person', async tx => {
        await tx.db.deleteFrom('device_challenges').where('expires_at', '<', at).execute()
        const taken = await tx.db
          .insertInto('device_challenges')
          .values({
            ...{ digest: digestOf(challenge.nonce), device_id: device },
            ...{ issued_at: BigInt(challenge.issuedAt), expires_at: at + CHALLENGE },
          })
          .onConflict(conflict => conflict.columns(['digest']).doNothing())
          .executeTakeFirst()
        if (taken.numInsertedOrUpdatedRows !== 1n) return false
        // Sessions of desks end within the hour, and nobody asks for old ones.
        await tx.db
          .deleteFrom('sessions')
          .where('device_id', '=', device)
          .where('expires_at', '<', at)
          .execute()
        await tx.db
          .insertInto('sessions')
          .values({
            ...{ id: newId(), kind: 'device', digest, person_id: null, device_id: device, method: 'device' },
            ...{ assurance: 'key-file', ...from, agent_kind: '', created_at: at, last_used_at: at },
            ...{ expires_at: expiresAt, ended_at: null, ended_by: null },
          })
          .execute()
        return true
      })
      if (!fresh) throw badChallenge()
      return { secret, expiresAt: Number(expiresAt), now: Number(at) }
    },
  }
}

export type Devices = ReturnType<typeof createDevices>

function shown(row: Row<'device_requests'>): WaitingDesk {
  return {
    id: row.id,
    code: spaced(row.user_code),
    name: row.name,
    platform: row.platform,
    address: row.address,
    publicKey: row.public_key,
    createdAt: row.created_at,
  }
}

function readChallenge(text: string): Challenge | null {
  try {
    return Challenge.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function badChallenge() {
  return refuse(
    'ACCESS_CHALLENGE',
    {},
    'The challenge is not ours, has ended, was used, or is not signed by this device.',
  )
}

function tooMany() {
  return refuse(
    'ACCESS_TOO_MANY',
    {},
    'Too many desks wait to be confirmed. Try again in a quarter of an hour.',
  )
}

/** As people read and type it. */
function spaced(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

function plainCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z]/g, '')
}
