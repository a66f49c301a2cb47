import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal } from '#shared/errors.ts'
import { accountPage } from '../pages/account-pages.ts'
import { enrolPage, recoveryPage } from '../pages/pages.ts'
import { asServer, type IdentityParts } from '../parts.ts'
import { callerOf, type Principal } from '../principal.ts'
import type { SecondFactor } from '../second-factor.ts'
import type { SignIn } from '../sign-in.ts'
import type { Arrive } from './arrive.ts'
import { type Browser, said, waitWords } from './browser.ts'
import { passphraseProblem } from './link-routes.ts'

export interface AccountRoutesParts extends Pick<IdentityParts, 'workspaces'> {
  readonly browser: Browser
  readonly signIn: SignIn
  readonly secondFactor: SecondFactor
  readonly arrive: Arrive
}

type Person = Principal & { readonly person: string }
type Said = { tone: 'critical' | 'ok'; text: string }

/** `/account`: one's own passphrase and one-time codes. */
export function accountRoutes(app: FastifyInstance, parts: AccountRoutesParts): void {
  const { browser, signIn, secondFactor, arrive, workspaces } = parts

  async function show(reply: FastifyReply, person: Person, words?: Said): Promise<FastifyReply> {
    const { issuer, ...facts } = await arrive.facts(person)
    const page = accountPage({
      ...facts,
      provider: issuer === null ? null : new URL(issuer).hostname,
      secondFactor: await secondFactor.state(person),
      said: words,
    })
    return browser.send(reply, page, words?.tone === 'critical' ? 422 : 200)
  }

  /** Whoever is not signed in goes there first. */
  const mine = (
    path: string,
    method: 'get' | 'post',
    answer: (request: FastifyRequest, reply: FastifyReply, person: Person) => Promise<FastifyReply>,
  ) =>
    app[method](path, async (request, reply) => {
      const person = await browser.signedIn(request)
      if (!person) return reply.redirect(`/sign-in?next=${encodeURIComponent(path)}`, 303)
      return answer(request, reply, person)
    })

  mine('/account', 'get', (_, reply, person) => show(reply, person))

  mine('/account/passphrase', 'post', async (request, reply, person) => {
    const { email } = await arrive.facts(person)
    const problem = passphraseProblem(request, email)
    if (problem) return show(reply, person, { tone: 'critical', text: problem })
    const core = await workspaces.open(person.workspace)
    try {
      await core.call(
        contract.workspace.people.setPassphrase,
        { passphrase: said(request, 'passphrase'), current: said(request, 'current') || '-' },
        callerOf(person),
      )
    } catch (error) {
      if (!isRefusal(error)) throw error
      const { retryAfter } = error.data as { retryAfter?: number }
      const text =
        error.code === 'WORKSPACE_PASSPHRASE_THROTTLED'
          ? waitWords(BigInt(Math.ceil(retryAfter ?? 0)))
          : 'The present passphrase is not right. Nothing was changed.'
      return show(reply, person, { tone: 'critical', text })
    }
    return show(reply, person, { tone: 'ok', text: 'The passphrase was changed. Other sessions have ended.' })
  })

  /** Whoever sits down at an open browser has neither the passphrase nor the authenticator. */
  async function confirmed(request: FastifyRequest, person: Person, email: string): Promise<boolean> {
    const present = said(request, 'present')
    const origin = browser.origin(request)
    if ((await secondFactor.state(person)).enrolled)
      return (await signIn.checkCode(person, present, origin)) === 'right'
    const answer = await signIn.checkPassphrase(email, present, origin)
    return answer.kind === 'right' && answer.accounts.some(one => one.person === person.person)
  }

  async function enrolment(person: Person, secret: string, problem?: string): Promise<string> {
    const { place, email } = await arrive.facts(person)
    const { enrolled } = await secondFactor.state(person)
    return enrolPage({
      ...{
        action: '/account/code',
        place,
        secret,
        uri: secondFactor.uriOf(secret, email),
        why: WHY,
        problem,
      },
      confirm: enrolled ? 'code' : 'passphrase',
    })
  }

  mine('/account/code', 'get', async (_, reply, person) => {
    if (!(await arrive.facts(person)).hasPassphrase) return reply.redirect('/account', 303)
    const { secret } = secondFactor.begin('')
    const account = { workspace: person.workspace, person: person.person }
    browser.keepFlow(reply, { stage: 'anew', account, secret })
    return browser.send(reply, await enrolment(person, secret))
  })

  mine('/account/code', 'post', async (request, reply, person) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'anew' || flow.account.person !== person.person)
      return reply.redirect('/account/code', 303)
    const { place, email } = await arrive.facts(person)
    if (!(await confirmed(request, person, email)))
      return browser.send(reply, await enrolment(person, flow.secret, NOT_CONFIRMED), 401)
    const codes = await secondFactor.enrol(person, flow.secret, said(request, 'code'))
    if (!codes) return browser.send(reply, await enrolment(person, flow.secret, NOT_SHOWN), 401)
    browser.endFlow(reply)
    return browser.send(reply, recoveryPage(codes, '/account', place))
  })

  mine('/account/code/remove', 'post', async (request, reply, person) => {
    if ((await secondFactor.state(person)).required)
      return show(reply, person, { tone: 'critical', text: 'Your workspace asks for one-time codes.' })
    const outcome = await signIn.checkCode(person, said(request, 'code'), browser.origin(request))
    if (outcome !== 'right') {
      const text = outcome === 'wrong' ? 'This code is not right. Nothing was changed.' : waitWords(outcome)
      return show(reply, person, { tone: 'critical', text })
    }
    const core = await workspaces.open(person.workspace)
    await core.call(
      access.secondFactor.remove,
      { personId: person.person },
      { ...asServer(person.person), device: person.device },
    )
    return show(reply, person, { tone: 'ok', text: 'One-time codes were removed.' })
  })
}

const WHY = 'An authenticator on your phone shows a new code every thirty seconds.'
const NOT_CONFIRMED =
  'What you typed to confirm is not right, or there were too many tries. Nothing was changed.'
const NOT_SHOWN = 'This is not the code that the authenticator shows now.'
