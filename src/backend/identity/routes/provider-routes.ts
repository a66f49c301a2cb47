import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { access } from '#shared/contract/access.ts'
import { isRefusal } from '#shared/errors.ts'
import { accountsOfEmail, accountsOfProvider } from '../accounts.ts'
import type { Links } from '../links.ts'
import { messagePage } from '../pages/pages.ts'
import { type Account, asServer, type IdentityParts } from '../parts.ts'
import { type Provider, ProviderFailed, type ProviderIdentity, type ProviderProblem } from '../provider.ts'
import type { Arrive } from './arrive.ts'
import { asked, type Browser, placeOf } from './browser.ts'

export interface ProviderRoutesParts extends Pick<IdentityParts, 'store' | 'workspaces'> {
  readonly browser: Browser
  readonly arrive: Arrive
  readonly links: Links
  readonly provider: Provider
}

export const CALLBACK_PATH = '/sign-in/callback'

const WORDS: Readonly<Record<ProviderProblem | 'unknown' | 'unverified' | 'other', string>> = {
  unreachable:
    'The sign-in provider does not answer just now. Try again in a moment, or sign in with a passphrase.',
  denied: 'The sign-in provider did not let you in, or you cancelled.',
  expired: 'This sign-in took too long, or was begun in another browser. Begin again.',
  untrusted:
    'The answer of the sign-in provider does not prove who you are, so it was not taken. Try again; if it happens again, tell whoever runs this server.',
  unknown: 'Nobody here has your address. Ask an admin of your workspace to invite you.',
  unverified:
    'The sign-in provider does not confirm that your e-mail address is yours. Ask it to, or ask an admin for an invitation.',
  other:
    'Another account of the sign-in provider stands for you here. An admin can remove it, and then this one can be linked.',
}

/** Sign-in with the provider: there, and back. */
export function providerRoutes(app: FastifyInstance, parts: ProviderRoutesParts): void {
  const { browser, arrive, links, provider, workspaces } = parts

  const failed = (reply: FastifyReply, reason: keyof typeof WORDS) => {
    browser.endFlow(reply)
    return browser.send(
      reply,
      messagePage({
        title: 'Not signed in',
        text: WORDS[reason],
        tone: 'critical',
        link: { href: '/sign-in', label: 'Back to sign-in' },
      }),
      reason === 'unreachable' ? 502 : 403,
    )
  }

  app.get('/sign-in/provider', async (request, reply) => {
    try {
      const { address, journey } = await provider.begin(browser.base(request) + CALLBACK_PATH)
      browser.keepFlow(reply, {
        stage: 'provider',
        journey,
        next: placeOf(asked(request, 'next')),
        link: asked(request, 'link') || null,
      })
      return reply.redirect(address.href, 303)
    } catch (error) {
      if (error instanceof ProviderFailed) return failed(reply, error.reason)
      throw error
    }
  })

  app.get(CALLBACK_PATH, async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'provider') return failed(reply, 'expired')
    let identity: ProviderIdentity
    try {
      identity = await provider.finish(new URL(browser.base(request) + request.url), flow.journey)
    } catch (error) {
      if (error instanceof ProviderFailed) return failed(reply, error.reason)
      throw error
    }
    return welcome(request, reply, identity, flow.next, flow.link)
  })

  async function welcome(
    request: FastifyRequest,
    reply: FastifyReply,
    identity: ProviderIdentity,
    next: string,
    invitation: string | null,
  ): Promise<FastifyReply> {
    if (invitation !== null) {
      const link = await links.find(invitation)
      if (link?.kind !== 'invitation' || !link.person) return failed(reply, 'expired')
      const invited = { workspace: link.workspace, person: link.person.id }
      if (!(await linked(invited, identity, link.person.email))) return failed(reply, 'other')
      return arrive.arrive(request, reply, await links.use(link), 'provider', '/')
    }
    let accounts = await accountsOfProvider(parts, identity.issuer, identity.subject)
    if (accounts.length === 0) {
      if (identity.email === null) return failed(reply, 'unverified')
      const { email } = identity
      accounts = await accountsOfEmail(parts, email)
      if (accounts.length === 0) return failed(reply, 'unknown')
      const mine: typeof accounts = []
      for (const account of accounts) if (await linked(account, identity, email)) mine.push(account)
      if (mine.length === 0) return failed(reply, 'other')
      accounts = mine
    }
    const [first, ...others] = accounts
    if (others.length === 0) return arrive.arrive(request, reply, first!, 'provider', next)
    browser.keepFlow(reply, {
      stage: 'choose',
      accounts: accounts.map(({ workspace, person, workspaceName: name }) => ({ workspace, person, name })),
      method: 'provider',
      next,
    })
    return reply.redirect('/sign-in/workspace', 303)
  }

  /** Lets the account at the provider stand for a person; false where another one does already. */
  async function linked(
    { workspace, person }: Account,
    { issuer, subject }: ProviderIdentity,
    email: string,
  ): Promise<boolean> {
    const core = await workspaces.open(workspace)
    try {
      await core.call(
        access.people.linkProvider,
        { personId: person, issuer, subject, email },
        asServer(person),
      )
      return true
    } catch (error) {
      if (isRefusal(error) && error.code === 'ACCESS_OTHER_SUBJECT') return false
      throw error
    }
  }
}
