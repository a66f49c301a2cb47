import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Account, IdentityParts } from '../parts.ts'
import type { SecondFactor } from '../second-factor.ts'
import type { Method, SignIn } from '../sign-in.ts'
import type { Browser } from './browser.ts'

export interface ArriveParts extends Pick<IdentityParts, 'store'> {
  readonly browser: Browser
  readonly signIn: SignIn
  readonly secondFactor: SecondFactor
}

/** Somebody showed who they are: to the one-time code where there is or must be one, else in. */
export function createArrive({ browser, signIn, secondFactor, store }: ArriveParts) {
  /** Opens the session; the one that this browser had ends. */
  async function open(request: FastifyRequest, reply: FastifyReply, account: Account, method: Method) {
    const before = await browser.signedIn(request)
    const same = before?.workspace === account.workspace
    const { secret } = await signIn.open(
      account,
      method,
      browser.origin(request),
      same ? before.session : undefined,
    )
    if (before && !same) await signIn.close(before, before.session)
    browser.endFlow(reply)
    browser.keepSession(reply, secret)
  }

  return {
    open,

    async arrive(
      request: FastifyRequest,
      reply: FastifyReply,
      account: Account,
      method: Method,
      next: string,
    ): Promise<FastifyReply> {
      const { enrolled, required, providerSuffices } = await secondFactor.state(account)
      const byProvider = method === 'provider'
      // Whoever has set codes up is asked for them whichever way they come in, unless the workspace trusts its provider.
      if (enrolled && !(byProvider && providerSuffices)) {
        browser.keepFlow(reply, { stage: 'code', account, method, next })
        return reply.redirect('/sign-in/code', 303)
      }
      // Nobody is made to set them up who has no passphrase that they would protect.
      if (required && !byProvider) {
        const { secret } = secondFactor.begin('')
        browser.keepFlow(reply, { stage: 'enrol', account, method, next, secret })
        return reply.redirect('/sign-in/enrol', 303)
      }
      await open(request, reply, account, method)
      return reply.redirect(next, 303)
    },

    /** How pages name a workspace and a person of it. */
    facts: ({ workspace, person }: Account) =>
      store.read(workspace, async reader => {
        const state = await reader.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow()
        const row = await reader.db
          .selectFrom('people')
          .leftJoin('credentials', 'credentials.person_id', 'people.id')
          .leftJoin('identities', 'identities.person_id', 'people.id')
          .select(['people.name', 'people.email', 'credentials.hash', 'identities.issuer'])
          .where('people.id', '=', person)
          .executeTakeFirstOrThrow()
        return {
          place: state.name,
          name: row.name,
          email: row.email,
          hasPassphrase: row.hash !== null,
          issuer: row.issuer,
        }
      }),
  }
}

export type Arrive = ReturnType<typeof createArrive>
