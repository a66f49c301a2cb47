import { Secret, TOTP } from 'otpauth'
import { rolesOf } from '#core/workspace/people.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { access } from '#shared/contract/access.ts'
import { digestOf } from '#shared/ids.ts'
import { type Account, asServer, type IdentityParts } from './parts.ts'

const PERIOD = 30n
const RECOVERY_CODES = 10
/** A code of the step before and after counts too: clocks differ, and people type. */
const WINDOW = 1n

/** Letters and digits that nobody takes for another. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

export interface NewFactor {
  /** What the authenticator keeps, in base 32. */
  readonly secret: string
  /** The same as an address, which the QR code shows. */
  readonly uri: string
}

/** One-time codes as a second factor (RFC 6238: SHA-1, six digits, thirty seconds, what every authenticator does). */
export function createSecondFactor(parts: IdentityParts) {
  const { store, workspaces, random, now, sealer } = parts

  function totp(secret: string, label = '') {
    return new TOTP({
      ...{ issuer: 'Quarterdeck', label, algorithm: 'SHA1', digits: 6, period: Number(PERIOD) },
      secret: Secret.fromBase32(secret),
    })
  }

  /** The time step whose code this is; null for a code that is wrong, too old or too new. */
  function stepOf(secret: string, code: string): bigint | null {
    const present = now() / 1000n / PERIOD
    for (let step = present - WINDOW; step <= present + WINDOW; step++) {
      const expected = totp(secret).generate({ timestamp: Number(step * PERIOD * 1000n) })
      if (expected === code) return step
    }
    return null
  }

  return {
    /** A new secret, which counts once a code of it was shown. */
    begin(label: string): NewFactor {
      const secret = new Secret({ buffer: random(20).slice().buffer }).base32
      return { secret, uri: totp(secret, label).toString() }
    },

    /** The picture's text for a secret that was begun. */
    uriOf: (secret: string, label: string): string => totp(secret, label).toString(),

    /** Keeps a secret once a code of it is right. The recovery codes are shown this once; null for a wrong code. */
    async enrol(account: Account, secret: string, code: string): Promise<string[] | null> {
      const step = stepOf(secret, digits(code))
      if (step === null) return null
      const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(random))
      const core = await workspaces.open(account.workspace)
      await core.call(
        access.secondFactor.store,
        {
          personId: account.person,
          sealed: sealer.seal('authenticator', secret, null),
          step,
          recovery: codes.map(one => digestOf(plain(one))),
        },
        asServer(account.person),
      )
      return codes
    },

    /** Whether a code of the authenticator, or a recovery code, is right and was not taken before. */
    async check(account: Account, code: string): Promise<boolean> {
      const row = await store.read(account.workspace, reader =>
        reader.db
          .selectFrom('second_factors')
          .select('secret')
          .where('person_id', '=', account.person)
          .executeTakeFirst(),
      )
      if (!row) return false
      const core = await workspaces.open(account.workspace)
      const caller = asServer(account.person)
      const personId = account.person
      if (/^\d{6}$/.test(digits(code))) {
        const secret = sealer.open<string>('authenticator', row.secret, now())
        if (secret === null) {
          parts.log('error', 'a second factor was sealed with another key than this server has', {
            ...account,
          })
          return false
        }
        const step = stepOf(secret, digits(code))
        if (step === null) return false
        return (await core.call(access.secondFactor.useStep, { personId, step }, caller)).fresh
      }
      const digest = digestOf(plain(code))
      return (await core.call(access.secondFactor.useRecovery, { personId, digest }, caller)).fresh
    },

    /** Whether somebody has a second factor, whether the workspace asks for one, and whether a provider's is enough. */
    state: ({ workspace, person }: Account) =>
      store.read(workspace, async reader => {
        const row = await reader.db
          .selectFrom('second_factors')
          .select('recovery')
          .where('person_id', '=', person)
          .executeTakeFirst()
        const { roles } = await reader.db
          .selectFrom('people')
          .select('roles')
          .where('id', '=', person)
          .executeTakeFirstOrThrow()
        const settings = await readSettings(reader, {})
        const rule = settings['workspace.secondFactor']
        const privileged = rolesOf({ roles }).some(role => role === 'admin' || role === 'approver')
        return {
          enrolled: row !== undefined,
          recoveryCodes: row ? fromCanonical<string[]>(row.recovery).length : 0,
          providerSuffices: settings['workspace.providerSuffices'],
          required: rule === 'everyone' || (rule === 'admins and approvers' && privileged),
        }
      }),
  }
}

export type SecondFactor = ReturnType<typeof createSecondFactor>

/** People type codes with spaces. */
function digits(code: string): string {
  return code.replaceAll(/\s/g, '')
}

function plain(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** Three groups of five letters and digits: 74 bits. */
function recoveryCode(random: IdentityParts['random']): string {
  let text = ''
  while (text.length < 15)
    for (const byte of random(32))
      if (byte < 248 && text.length < 15) text += ALPHABET[byte % ALPHABET.length]
  return `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`
}
