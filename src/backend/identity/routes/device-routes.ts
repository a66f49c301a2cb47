import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import {
  ChallengeRequest,
  type ChallengeText,
  type EnrolmentBegun,
  EnrolmentQuestion,
  EnrolmentRequest,
  SessionRequest,
} from '#shared/device-protocol.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { Devices } from '../devices.ts'
import { deviceCodePage, deviceConfirmPage } from '../pages/device-pages.ts'
import { messagePage } from '../pages/pages.ts'
import type { Tries } from '../tries.ts'
import type { Arrive } from './arrive.ts'
import { asked, type Browser, said, waitWords } from './browser.ts'

export interface DeviceRoutesParts {
  readonly browser: Browser
  readonly devices: Devices
  readonly arrive: Arrive
  readonly tries: Tries
}

/** Seconds between two questions of a desk that waits. */
const INTERVAL = 2

/** The page on which a person confirms a desk. */
export function devicePages(
  app: FastifyInstance,
  { browser, devices, arrive, tries }: DeviceRoutesParts,
): void {
  const toSignIn = (request: FastifyRequest) =>
    `/sign-in?next=${encodeURIComponent(`/device?code=${asked(request, 'code') || said(request, 'code')}`)}`

  app.get('/device', async (request, reply) => {
    const person = await browser.signedIn(request)
    if (!person) return reply.redirect(toSignIn(request), 303)
    const { place, name } = await arrive.facts(person)
    const code = asked(request, 'code')
    if (code === '') return browser.send(reply, deviceCodePage({ place }))
    // Codes are short: whoever is signed in must not be able to find somebody else's desk by trying.
    const subject = `desk ${person.person}`
    const wait = await tries.wait(subject, request.ip)
    if (wait > 0n) return browser.send(reply, deviceCodePage({ place, problem: waitWords(wait) }), 429)
    const desk = await devices.waiting(code)
    if (desk) return browser.send(reply, deviceConfirmPage({ place, person: name, desk }))
    await tries.count(subject, request.ip)
    const problem =
      'No desk waits with this code. Codes are good for a quarter of an hour: look at the desk again.'
    return browser.send(reply, deviceCodePage({ place, problem }), 404)
  })

  app.post('/device', async (request, reply) => {
    const person = await browser.signedIn(request)
    if (!person) return reply.redirect(toSignIn(request), 303)
    const desk = await devices.waiting(said(request, 'code'))
    if (!desk) return reply.redirect('/device', 303)
    const confirmed = said(request, 'decision') === 'confirm'
    try {
      await devices.decide(desk, person, confirmed)
    } catch (error) {
      if (!isRefusal(error) || error.code !== 'ACCESS_DEVICE_REVOKED') throw error
      const text = 'This desk was revoked. It has to make a new key before it can be connected again.'
      return browser.send(reply, messagePage({ title: 'Not connected', text, tone: 'critical' }), 403)
    }
    const page = confirmed
      ? {
          title: 'Connected',
          text: `${desk.name} works with this server from now on. You can close this page.`,
          tone: 'ok' as const,
        }
      : { title: 'Refused', text: `${desk.name} was not connected.`, tone: 'info' as const }
    return browser.send(reply, messagePage(page))
  })
}

/** The desk's half, as JSON. */
export function deviceApi(app: FastifyInstance, { browser, devices }: DeviceRoutesParts): void {
  const read = <T>(schema: ZodType<T>, request: FastifyRequest): T => {
    const parsed = schema.safeParse(request.body)
    if (parsed.success) return parsed.data
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw refuse('WORKSPACE_BAD_INPUT', { issues }, 'This is not what the protocol of desks says.')
  }

  app.post('/device/v1/enrolments', async (request, reply) => {
    const wanted = read(EnrolmentRequest, request)
    const base = browser.base(request)
    const { secret, code, expiresAt } = await devices.ask(wanted, base, request.ip)
    const page = `${base}/device`
    const begun: EnrolmentBegun = {
      ...{ secret, code, page, pageWithCode: `${page}?code=${code}`, interval: INTERVAL },
      expiresAt: Number(expiresAt),
    }
    return reply.status(201).header('cache-control', 'no-store').send(begun)
  })

  app.post('/device/v1/enrolments/state', async (request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .send(await devices.state(read(EnrolmentQuestion, request).secret, browser.base(request))),
  )

  app.post('/device/v1/challenges', async (request, reply) => {
    const { workspace, device } = read(ChallengeRequest, request)
    const challenge = devices.challenge(workspace, device, browser.base(request))
    return reply.header('cache-control', 'no-store').send({ challenge } satisfies ChallengeTextType)
  })

  app.post('/device/v1/sessions', async (request, reply) => {
    const { challenge, signature } = read(SessionRequest, request)
    const agent = request.headers['user-agent'] ?? ''
    const opened = await devices.open(challenge, signature, browser.base(request), {
      address: request.ip,
      agent: agent.slice(0, 300),
    })
    return reply.status(201).header('cache-control', 'no-store').send(opened)
  })
}

type ChallengeTextType = ReturnType<(typeof ChallengeText)['parse']>
