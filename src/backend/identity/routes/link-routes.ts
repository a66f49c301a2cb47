import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { LINK_PATH } from '#core/identity/links.ts'
import { Email, PASSPHRASE_MINIMUM, PersonName } from '#shared/contract/workspace/people.ts'
import { findCurrency } from '#shared/currencies.ts'
import { isZone } from '#shared/zones.ts'
import type { FoundLink, Links } from '../links.ts'
import { beginPage } from '../pages/begin-page.ts'
import { messagePage, newPassphrasePage } from '../pages/pages.ts'
import type { Provider } from '../provider.ts'
import type { SignIn } from '../sign-in.ts'
import type { Arrive } from './arrive.ts'
import { type Browser, said } from './browser.ts'

export interface LinkRoutesParts {
  readonly browser: Browser
  readonly links: Links
  readonly signIn: SignIn
  readonly arrive: Arrive
  readonly provider: Provider | null
}

const Beginning = z.object({
  name: PersonName,
  zone: z.string().refine(isZone),
  currency: z.string().refine(code => findCurrency(code) !== undefined),
  person: PersonName,
  email: Email,
})

const GONE = messagePage({
  title: 'This link does not work (any more)',
  text: 'It was used, has expired, or was replaced by a newer one. Ask an admin for another.',
  tone: 'critical',
  link: { href: '/sign-in', label: 'Sign in' },
})

type Kind = FoundLink['kind']

/** Links that work once: the first admin, invitations, new passphrases. */
export function linkRoutes(app: FastifyInstance, parts: LinkRoutesParts): void {
  const { browser, links, signIn, arrive } = parts
  const secretOf = (request: FastifyRequest) => (request.params as { secret: string }).secret

  async function found(request: FastifyRequest, kind: Kind): Promise<FoundLink | null> {
    const link = await links.find(secretOf(request))
    return link?.kind === kind ? link : null
  }
  const gone = (reply: FastifyReply) => browser.send(reply, GONE, 410)

  function passphrasePage(request: FastifyRequest, link: FoundLink, problem?: string): string {
    const kind = link.kind === 'invitation' ? 'invitation' : 'reset'
    const secret = secretOf(request)
    return newPassphrasePage({
      ...{ action: LINK_PATH[kind] + secret, place: link.workspaceName, kind, secret, problem },
      ...{ name: link.person!.name, email: link.person!.email, provider: parts.provider?.name ?? null },
    })
  }

  for (const kind of ['invitation', 'reset'] as const) {
    app.get(`${LINK_PATH[kind]}:secret`, async (request, reply) => {
      const link = await found(request, kind)
      return link ? browser.send(reply, passphrasePage(request, link)) : gone(reply)
    })

    app.post(`${LINK_PATH[kind]}:secret`, async (request, reply) => {
      const link = await found(request, kind)
      if (!link) return gone(reply)
      const problem = passphraseProblem(request, link.person!.email)
      if (problem) return browser.send(reply, passphrasePage(request, link, problem), 422)
      const account = await links.use(link)
      await signIn.setPassphrase(account, said(request, 'passphrase'))
      return arrive.arrive(request, reply, account, 'link', '/')
    })
  }

  app.get(`${LINK_PATH.begin}:secret`, async (request, reply) => {
    const link = await found(request, 'begin')
    if (!link) return gone(reply)
    const values = { name: '', zone: 'UTC', currency: 'USD', person: '', email: '' }
    return browser.send(reply, beginPage({ action: LINK_PATH.begin + secretOf(request), values }))
  })

  app.post(`${LINK_PATH.begin}:secret`, async (request, reply) => {
    const link = await found(request, 'begin')
    if (!link) return gone(reply)
    const field = (name: keyof z.infer<typeof Beginning>) => said(request, name)
    const values = {
      ...{ name: field('name'), zone: field('zone'), currency: field('currency') },
      ...{ person: field('person'), email: field('email') },
    }
    const action = LINK_PATH.begin + secretOf(request)
    const parsed = Beginning.safeParse(values)
    const problem = parsed.success
      ? passphraseProblem(request, values.email)
      : 'Fill in every field as it asks.'
    if (problem || !parsed.success)
      return browser.send(reply, beginPage({ action, values, problem: problem ?? undefined }), 422)
    const { name, zone, currency, person, email } = parsed.data
    const account = await links.begin(link, {
      ...{ name, zone, currency, admin: { name: person, email } },
      passphrase: said(request, 'passphrase'),
    })
    return arrive.arrive(request, reply, account, 'link', '/')
  })
}

/** What is wrong with a new passphrase; null for one that will do. */
export function passphraseProblem(request: FastifyRequest, email: string): string | null {
  const passphrase = said(request, 'passphrase').normalize('NFKC').trim()
  if (passphrase !== said(request, 'again').normalize('NFKC').trim())
    return 'The two passphrases are not the same.'
  if ([...passphrase].length < PASSPHRASE_MINIMUM)
    return `The passphrase needs at least ${PASSPHRASE_MINIMUM} characters.`
  if (passphrase.length > 1000) return 'The passphrase is too long.'
  const folded = passphrase.toLowerCase()
  if (folded === email.trim().toLowerCase() || new Set(folded).size < 5)
    return 'Anybody could guess this passphrase. Choose another.'
  return null
}
