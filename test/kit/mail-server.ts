import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { ELSEWHERE, LOCALHOST } from './certificates.ts'

/** A mail that the server took, or that it had in its hands when it hung up. */
export interface TakenMail {
  readonly to: string
  readonly from: string
  readonly messageId: string
  readonly subject: string
  readonly raw: string
  readonly secure: boolean
}

/** How the server behaves to the next mails. */
export interface MailManners {
  /** A reply to the recipient, such as `550 5.1.1 no such user`. */
  recipient?: string
  /** A reply to the whole message. */
  message?: string
  /** Hangs up once it has the whole message, without a word: it keeps it all the same. */
  dropAfterData?: boolean
  /** Hangs up before anybody says anything. */
  dropAtOnce?: boolean
  /** Milliseconds before it answers to a message. */
  slow?: number
}

export interface MailServerOptions {
  readonly security?: 'none' | 'starttls' | 'tls'
  readonly certificate?: typeof LOCALHOST
  /** The user and password that it asks for. */
  readonly account?: { readonly user: string; readonly password: string }
}

/** An SMTP server on loopback that behaves badly on demand. */
export async function mailServer(options: MailServerOptions = {}) {
  const { security = 'none', account, certificate = LOCALHOST } = options
  const taken: TakenMail[] = []
  const manners: MailManners = {}
  const byRecipient = new Map<string, MailManners>()
  let connections = 0
  let busy = 0
  let busiest = 0
  const mannersFor = (session: SMTPServerSession): MailManners => ({
    ...manners,
    ...byRecipient.get(session.envelope.rcptTo.at(-1)?.address ?? ''),
  })
  const server = new SMTPServer({
    ...{ secure: security === 'tls', key: certificate.key, cert: certificate.cert },
    disabledCommands: [...(security === 'starttls' ? [] : ['STARTTLS']), ...(account ? [] : ['AUTH'])],
    allowInsecureAuth: true,
    authOptional: !account,
    disableReverseLookup: true,
    // Its own complaints are what the tests ask for.
    logger: false,
    onConnect(_, done) {
      connections++
      done(manners.dropAtOnce ? replied('421 4.3.2 not now') : null)
    },
    onAuth({ username, password }, _, done) {
      if (username === account?.user && password === account?.password) done(null, { user: username })
      else done(replied('535 5.7.8 wrong user or password'))
    },
    onRcptTo({ address }, _, done) {
      const reply = byRecipient.get(address)?.recipient ?? manners.recipient
      done(reply === undefined ? null : replied(reply))
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      busiest = Math.max(busiest, ++busy)
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        busy--
        const now = mannersFor(session)
        if (now.message !== undefined) return done(replied(now.message))
        taken.push(read(Buffer.concat(parts).toString('utf8'), session))
        if (now.dropAfterData) {
          for (const { _socket } of (
            server as unknown as { connections: Set<{ id: string; _socket: Socket }> }
          ).connections)
            _socket.destroy()
          return
        }
        if (now.slow === undefined) done()
        else setTimeout(done, now.slow)
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    taken,
    manners,
    byRecipient,
    connections: () => connections,
    /** The most messages that it was given at the same time. */
    busiest: () => busiest,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

export type MailServer = Awaited<ReturnType<typeof mailServer>>
export { ELSEWHERE, LOCALHOST }

type Socket = { destroy(): void }

function replied(reply: string): Error {
  const [code] = reply.split(' ')
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(code) })
}

function read(raw: string, session: SMTPServerSession): TakenMail {
  const header = (name: string) =>
    new RegExp(`^${name}: *((?:.*)(?:\\r\\n[ \\t].*)*)`, 'im')
      .exec(raw.split('\r\n\r\n', 1)[0]!)?.[1]
      ?.replaceAll(/\r\n[ \t]/g, ' ') ?? ''
  return {
    to: session.envelope.rcptTo[0]!.address,
    from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
    messageId: header('Message-ID'),
    subject: header('Subject'),
    raw,
    secure: session.secure,
  }
}
