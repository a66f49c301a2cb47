import { WEB_SESSION } from '#core/identity/lives.ts'
import { makeSecret } from '#core/identity/secrets.ts'
import type { Session } from '#shared/contract/access/sessions.ts'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import type { Id } from '#shared/ids.ts'
import { accountsOfEmail, type FoundAccount } from './accounts.ts'
import { agentKindOf, agentOf } from './agent.ts'
import { type Account, asServer, type IdentityParts } from './parts.ts'
import type { SecondFactor } from './second-factor.ts'
import type { Tries } from './tries.ts'

/** Where a request comes from. */
export interface Origin {
  readonly address: string
  readonly agent: string | undefined
}

export type Method = Exclude<Session['method'], 'device'>

/** What a passphrase led to. */
export type PassphraseAnswer =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly milliseconds: bigint }
  /** Where it is right: one workspace, or several to choose from. */
  | { readonly kind: 'right'; readonly accounts: readonly FoundAccount[] }

/** A passphrase that was made of another: an account that does not exist takes as long as one that does. */
const NOBODY = 'nobody has this passphrase'

export interface SignInParts extends IdentityParts {
  readonly tries: Tries
  readonly secondFactor: SecondFactor
}

/** Checks who somebody is, and opens their sessions. */
export function createSignIn(parts: SignInParts) {
  const { passphrases, tries, workspaces, random, now } = parts
  let nobody: Promise<string> | null = null

  return {
    /** Compares a passphrase with those of the people who have this address. Says the same of whoever is not here. */
    async checkPassphrase(email: string, typed: string, origin: Origin): Promise<PassphraseAnswer> {
      // Nothing cannot be hashed, and nobody has a passphrase as short as this.
      const passphrase = typed.trim() === '' ? '-' : typed
      const account = email.trim().toLowerCase()
      const milliseconds = await tries.wait(account, origin.address)
      if (milliseconds > 0n) return { kind: 'wait', milliseconds }
      await tries.count(account, origin.address)
      nobody ??= passphrases.hash(NOBODY)
      const found = await accountsOfEmail(parts, account)
      const stored = found.filter(one => one.hash !== null)
      const right: FoundAccount[] = []
      for (const one of stored) if (await passphrases.verify(passphrase, one.hash!)) right.push(one)
      if (stored.length === 0) await passphrases.verify(passphrase, await nobody)
      if (right.length === 0) return { kind: 'wrong' }
      await tries.forgive(account, origin.address)
      return { kind: 'right', accounts: right }
    },

    /** Compares a one-time code; wrong ones wait as wrong passphrases do. */
    async checkCode(account: Account, code: string, origin: Origin): Promise<'right' | 'wrong' | bigint> {
      const subject = `code ${account.person}`
      const wait = await tries.wait(subject, origin.address)
      if (wait > 0n) return wait
      await tries.count(subject, origin.address)
      if (!(await parts.secondFactor.check(account, code))) return 'wrong'
      await tries.forgive(subject, origin.address)
      return 'right'
    },

    /**
     * Opens a session: always a new one, whatever the browser had before, so that nobody can have put a secret
     * there that they know.
     * @param replaces the browser's session until now, which ends
     */
    async open(
      { workspace, person }: Account,
      method: Method,
      origin: Origin,
      replaces?: Id,
    ): Promise<{ secret: string; sessionId: Id }> {
      const { secret, digest } = makeSecret('session', workspace, random)
      const core = await workspaces.open(workspace)
      const { sessionId } = await core.call(
        access.sessions.begin,
        {
          digest,
          personId: person,
          method,
          assurance: method === 'provider' ? 'provider' : 'passphrase',
          address: origin.address,
          agent: agentOf(origin.agent),
          agentKind: agentKindOf(origin.agent),
          expiresAt: now() + WEB_SESSION.life,
          ...(replaces === undefined ? {} : { replaces }),
        },
        asServer(person),
      )
      return { secret, sessionId }
    },

    /** Ends a session of its own accord. */
    async close({ workspace, person }: Account, sessionId: Id): Promise<void> {
      const core = await workspaces.open(workspace)
      await core.call(access.sessions.revoke, { sessionId }, asServer(person))
    },

    /** Gives a person a passphrase: all their sessions end. */
    async setPassphrase({ workspace, person }: Account, passphrase: string): Promise<void> {
      const core = await workspaces.open(workspace)
      const hash = await passphrases.hash(passphrase)
      await core.call(contract.workspace.people.storePassphrase, { personId: person, hash }, asServer(person))
    },
  }
}

export type SignIn = ReturnType<typeof createSignIn>
