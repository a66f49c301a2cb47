import type { FastifyInstance } from 'fastify'
import { signOutPage } from '../pages/account-pages.ts'
import { choosePage, codePage, enrolPage, messagePage, recoveryPage, signInPage } from '../pages/pages.ts'
import type { Provider } from '../provider.ts'
import type { SecondFactor } from '../second-factor.ts'
import type { SignIn } from '../sign-in.ts'
import type { Arrive } from './arrive.ts'
import { asked, type Browser, placeOf, said, waitWords } from './browser.ts'

export interface SignInRoutesParts {
  readonly browser: Browser
  readonly signIn: SignIn
  readonly secondFactor: SecondFactor
  readonly arrive: Arrive
  readonly provider: Provider | null
}

const WRONG = 'The address or the passphrase is not right. Nothing else is wrong: try again.'
const WRONG_CODE = 'This code is not right, or it was used already. Wait for the next one.'
const WHY_ENROL = 'Your workspace asks for a one-time code besides the passphrase.'

/** `/sign-in` and its steps, `/sign-out`. */
export function signInRoutes(app: FastifyInstance, parts: SignInRoutesParts): void {
  const { browser, signIn, secondFactor, arrive } = parts
  const provider = parts.provider?.name ?? null

  app.get('/sign-in', async (request, reply) => {
    const next = placeOf(asked(request, 'next'))
    if (await browser.signedIn(request)) return reply.redirect(next, 303)
    return browser.send(reply, signInPage({ next, provider }))
  })

  app.post('/sign-in', async (request, reply) => {
    const next = placeOf(said(request, 'next'))
    const email = said(request, 'email')
    const answer = await signIn.checkPassphrase(email, said(request, 'passphrase'), browser.origin(request))
    if (answer.kind !== 'right') {
      const problem = answer.kind === 'wait' ? waitWords(answer.milliseconds) : WRONG
      const status = answer.kind === 'wait' ? 429 : 401
      return browser.send(reply, signInPage({ next, email, problem, provider }), status)
    }
    const [first, ...others] = answer.accounts
    if (others.length === 0) return arrive.arrive(request, reply, first!, 'passphrase', next)
    const accounts = answer.accounts.map(({ workspace, person, workspaceName: name }) => ({
      ...{ workspace, person, name },
    }))
    browser.keepFlow(reply, { stage: 'choose', accounts, method: 'passphrase', next })
    return reply.redirect('/sign-in/workspace', 303)
  })

  app.get('/sign-in/workspace', async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'choose') return reply.redirect('/sign-in', 303)
    return browser.send(
      reply,
      choosePage(flow.accounts.map(({ workspace, name }) => ({ id: workspace, name }))),
    )
  })

  app.post('/sign-in/workspace', async (request, reply) => {
    const flow = browser.flow(request)
    const chosen =
      flow?.stage === 'choose' && flow.accounts.find(one => one.workspace === said(request, 'workspace'))
    if (flow?.stage !== 'choose' || !chosen) return reply.redirect('/sign-in', 303)
    const { workspace, person } = chosen
    return arrive.arrive(request, reply, { workspace, person }, flow.method, flow.next)
  })

  app.get('/sign-in/code', async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'code') return reply.redirect('/sign-in', 303)
    const { place } = await arrive.facts(flow.account)
    return browser.send(reply, codePage({ place }))
  })

  app.post('/sign-in/code', async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'code') return reply.redirect('/sign-in', 303)
    const outcome = await signIn.checkCode(flow.account, said(request, 'code'), browser.origin(request))
    if (outcome !== 'right') {
      const { place } = await arrive.facts(flow.account)
      const problem = outcome === 'wrong' ? WRONG_CODE : waitWords(outcome)
      return browser.send(reply, codePage({ place, problem }), outcome === 'wrong' ? 401 : 429)
    }
    const method = flow.method === 'provider' ? 'provider' : 'passphrase+code'
    await arrive.open(request, reply, flow.account, method)
    return reply.redirect(flow.next, 303)
  })

  app.get('/sign-in/enrol', async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'enrol') return reply.redirect('/sign-in', 303)
    const { place, email } = await arrive.facts(flow.account)
    const { secret } = flow
    const uri = secondFactor.uriOf(secret, email)
    return browser.send(reply, enrolPage({ action: '/sign-in/enrol', place, secret, uri, why: WHY_ENROL }))
  })

  app.post('/sign-in/enrol', async (request, reply) => {
    const flow = browser.flow(request)
    if (flow?.stage !== 'enrol') return reply.redirect('/sign-in', 303)
    const { account, secret, next } = flow
    // Somebody who has one shows it: what the browser kept must not replace it.
    if ((await secondFactor.state(account)).enrolled)
      return arrive.arrive(request, reply, account, flow.method, next)
    const { place, email } = await arrive.facts(account)
    const codes = await secondFactor.enrol(account, secret, said(request, 'code'))
    if (!codes) {
      const uri = secondFactor.uriOf(secret, email)
      const problem = 'This is not the code that the authenticator shows now.'
      return browser.send(
        reply,
        enrolPage({ action: '/sign-in/enrol', place, secret, uri, why: WHY_ENROL, problem }),
        401,
      )
    }
    await arrive.open(request, reply, account, 'passphrase+code')
    return browser.send(reply, recoveryPage(codes, next, place))
  })

  app.get('/sign-out', async (request, reply) => {
    const principal = await browser.signedIn(request)
    if (!principal) return browser.send(reply, signedOut)
    return browser.send(reply, signOutPage((await arrive.facts(principal)).place))
  })

  app.post('/sign-out', async (request, reply) => {
    const principal = await browser.signedIn(request)
    browser.endSession(reply)
    browser.endFlow(reply)
    if (!principal) return browser.send(reply, signedOut)
    await signIn.close(principal, principal.session)
    const there = principal.assurance === 'provider' ? parts.provider : null
    // What the provider does not offer, or cannot do now, does not keep anybody signed in here.
    const address = await there?.signOut(`${browser.base(request)}/sign-out`).catch(() => null)
    if (there && address)
      return browser.send(
        reply,
        messagePage({
          title: 'Signed out',
          text: `You are signed out of Quarterdeck. Your account at ${there.name} may still be open.`,
          tone: 'ok',
          link: { href: address.href, label: 'Sign out there too' },
        }),
      )
    return browser.send(reply, signedOut)
  })
}

const signedOut = messagePage({
  title: 'Signed out',
  text: 'You are signed out on this browser.',
  tone: 'ok',
  link: { href: '/sign-in', label: 'Sign in again' },
})
