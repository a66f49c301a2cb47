import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Mail, type MailServer as Server, sendMail } from '#core/notify/channels/send-mail.ts'
import {
  ELSEWHERE,
  LOCALHOST,
  type MailServer,
  type MailServerOptions,
  mailServer,
} from '#test/kit/mail-server.ts'

const MAIL: Mail = {
  messageId: 'delivery-1@example.com',
  from: { name: 'Example Cloud', address: 'billing@example.com' },
  to: { name: 'Grace', address: 'grace@customer.example' },
  replyTo: 'office@example.com',
  subject: 'Invoice für Grace',
  text: 'Hello Grace\n.\nbye',
  html: '<p>Hello Grace</p>',
  date: new Date('2026-11-21T10:00:00Z'),
  headers: { 'X-Quarterdeck-Delivery': 'delivery-1' },
  attachments: [
    { fileName: 'INV-1.pdf', mediaType: 'application/pdf', bytes: new Uint8Array([37, 80, 68, 70]) },
  ],
}

describe('sending one mail', () => {
  let server: MailServer
  afterEach(() => server.close())

  async function begin(options: MailServerOptions = {}, more: Partial<Server> = {}) {
    server = await mailServer(options)
    return (mail: Partial<Mail> = {}, limit?: number) =>
      sendMail(
        {
          ...{ host: 'localhost', port: server.port, security: options.security ?? 'none' },
          ...{ user: null, password: null, trusted: [LOCALHOST.cert] },
          ...more,
        },
        { ...MAIL, ...mail },
        limit,
      )
  }

  it('has its words, its document, its stable id and says that a machine wrote it', async () => {
    const send = await begin()
    expect(await send()).toMatchObject({ kind: 'sent', answer: expect.stringMatching(/^250/) })
    expect(server.taken).toMatchObject([
      { to: 'grace@customer.example', from: 'billing@example.com', messageId: '<delivery-1@example.com>' },
    ])
    const { raw } = server.taken[0]!
    expect(raw).toMatch(/^Auto-Submitted: auto-generated/im)
    expect(raw).toMatch(/^Reply-To: office@example.com/im)
    expect(raw).toMatch(/^X-Quarterdeck-Delivery: delivery-1/im)
    expect(raw).toContain('filename=INV-1.pdf')
    expect(raw).toContain('JVBERg==')
    // The line of one dot did not end it.
    expect(raw).toContain('bye')
  })

  it.each(['starttls', 'tls'] as const)('goes encrypted by %s, signed in', async security => {
    const account = { user: 'quarterdeck', password: 'secret' }
    const send = await begin({ security, account }, account)
    expect(await send()).toMatchObject({ kind: 'sent' })
    expect(server.taken[0]!.secure).toBe(true)
  })

  it('goes nowhere unencrypted where encryption is asked for and the server has none', async () => {
    const send = await begin({ security: 'none' }, { security: 'starttls' })
    expect(await send()).toMatchObject({ kind: 'later', code: 'NOTIFY_MAIL_TLS' })
    expect(server.taken).toEqual([])
  })

  it.each(['starttls', 'tls'] as const)(
    'trusts no certificate that is not the server’s, by %s',
    async security => {
      const send = await begin({ security, certificate: ELSEWHERE }, { trusted: [ELSEWHERE.cert] })
      expect(await send()).toMatchObject({ kind: 'later', code: 'NOTIFY_MAIL_CERTIFICATE' })
      await server.close()
      const other = await begin({ security }, { trusted: [] })
      expect(await other()).toMatchObject({ kind: 'later', code: 'NOTIFY_MAIL_CERTIFICATE' })
      expect(server.taken).toEqual([])
    },
  )

  it('with a wrong password waits for somebody to put it right', async () => {
    const send = await begin(
      { account: { user: 'quarterdeck', password: 'secret' } },
      { user: 'quarterdeck', password: 'wrong' },
    )
    expect(await send()).toMatchObject({ kind: 'later', code: 'NOTIFY_MAIL_SIGN_IN' })
  })

  it.each([
    ['550 5.1.1 no such user', 'bounced', 'NOTIFY_MAIL_NO_SUCH_ADDRESS'],
    ['550 mailbox unavailable', 'bounced', 'NOTIFY_MAIL_NO_SUCH_ADDRESS'],
    ['550 5.7.1 you are not welcome', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['552 5.2.2 mailbox full', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['451 4.7.1 greylisted, come back', 'later', 'NOTIFY_MAIL_LATER'],
  ])('to a recipient of whom the server says %s', async (recipient, kind, code) => {
    const send = await begin()
    server.manners.recipient = recipient
    expect(await send()).toMatchObject({
      kind,
      code,
      message: expect.stringContaining(recipient.slice(0, 3)),
    })
  })

  it.each([
    ['554 5.6.0 this is spam', 'failed', 'NOTIFY_MAIL_REFUSED'],
    ['452 4.3.1 no room', 'later', 'NOTIFY_MAIL_LATER'],
  ])('that the server refuses as a whole: %s', async (message, kind, code) => {
    const send = await begin()
    server.manners.message = message
    expect(await send()).toMatchObject({ kind, code })
  })

  it('that was handed over without an answer may have arrived: it is told apart', async () => {
    const send = await begin()
    server.manners.dropAfterData = true
    expect(await send()).toMatchObject({ kind: 'unsure', code: 'NOTIFY_MAIL_UNSURE' })
    expect(server.taken).toHaveLength(1)
    server.manners.dropAfterData = false
    server.manners.slow = 5000
    expect(await send({}, 300)).toMatchObject({ kind: 'unsure' })
  })

  it('to a server that is busy, away or no mail server comes back later', async () => {
    const send = await begin()
    server.manners.dropAtOnce = true
    expect(await send()).toMatchObject({ kind: 'later' })
    const silent = createServer(socket => void socket.resume())
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const to = { host: '127.0.0.1', security: 'none', user: null, password: null } as const
    expect(await sendMail({ ...to, port }, MAIL, 300)).toMatchObject({
      kind: 'later',
      code: 'NOTIFY_MAIL_UNREACHABLE',
    })
    await new Promise<void>(resolve => silent.close(() => resolve()))
    expect(await sendMail({ ...to, port }, MAIL)).toMatchObject({
      kind: 'later',
      code: 'NOTIFY_MAIL_UNREACHABLE',
    })
  })

  it('to an address that is none is not tried again', async () => {
    const send = await begin()
    const to = { name: 'Nobody', address: '' }
    expect(await send({ to })).toMatchObject({ kind: 'failed', code: 'NOTIFY_MAIL_ADDRESS' })
  })

  it('lets nothing of a subject or a name become a header', async () => {
    const send = await begin()
    const subject = 'Hello\r\nBcc: everybody@example.com'
    await send({ subject, to: { name: 'Grace\r\nX-Evil: yes', address: 'grace@customer.example' } })
    const [head] = server.taken[0]!.raw.split('\r\n\r\n')
    expect(head).not.toMatch(/^(Bcc|X-Evil):/im)
  })
})
