import { Readable } from 'node:stream'
import type MailComposer from 'nodemailer/lib/mail-composer'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { mailOutcome, type Outcome } from '#engines/notify/outcome.ts'

/** The server that takes our mail. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** `starttls` goes on in secret or not at all. */
  readonly security: 'starttls' | 'tls' | 'none'
  readonly user: string | null
  readonly password: string | null
  /** Certificates to trust besides the system's: PEM. */
  readonly trusted?: readonly string[]
}

export interface MailAddress {
  readonly name: string
  readonly address: string
}

export interface Mail {
  /** The same at every try, without brackets. */
  readonly messageId: string
  readonly from: MailAddress
  readonly to: MailAddress
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly date: Date
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly {
    readonly fileName: string
    readonly mediaType: string
    readonly bytes: Uint8Array
  }[]
}

/** Milliseconds: to reach the server, for its greeting, for each of its answers, and for all of it together. */
const CONNECT = 10_000
const GREET = 10_000
const ANSWER = 30_000
const ALL = 50_000

/**
 * Gives one mail to the mail server. It never throws for what a server or the way to it does: that is an outcome.
 * Whether the whole message had been handed over when an answer stayed away is known, because then it may have
 * been taken.
 */
export async function sendMail(server: MailServer, mail: Mail, limit = ALL): Promise<Outcome> {
  const message = await compose(mail)
  const connection = await open(server)
  let handedOver = false
  const source = Readable.from([message])
  source.once('end', () => {
    handedOver = true
  })
  const failed = (error: Failure): Outcome =>
    mailOutcome({
      code: error.code ?? null,
      command: error.command ?? null,
      reply: error.responseCode ?? null,
      message: error.response ?? error.message,
      handedOver,
    })
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      const late = () => reject(new Error('the mail server took too long'))
      AbortSignal.timeout(limit).addEventListener('abort', late, { once: true })
      connection.on('error', reject)
      connection.connect(problem => {
        if (problem) return reject(problem)
        signIn(connection, server, wrong => {
          if (wrong) return reject(wrong)
          const envelope = { from: mail.from.address, to: mail.to.address, size: message.length }
          connection.send(envelope, source, (refused, info) => {
            if (refused) reject(refused)
            else resolve({ kind: 'sent', answer: info.response })
          })
        })
      })
    })
  } catch (error) {
    return failed(error as Failure)
  } finally {
    source.destroy()
    leave(connection)
  }
}

type Failure = SMTPConnection.SMTPError

async function open({ host, port, security, trusted }: MailServer): Promise<SMTPConnection> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  return new Connection({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls' },
    ignoreTLS: security === 'none',
    ...{ connectionTimeout: CONNECT, greetingTimeout: GREET, socketTimeout: ANSWER, dnsTimeout: CONNECT },
    tls: { minVersion: 'TLSv1.2', ...(trusted ? { ca: [...trusted] } : {}) },
  })
}

function signIn(
  connection: SMTPConnection,
  { user, password }: MailServer,
  done: (problem?: Failure | null) => void,
): void {
  if (user === null) done()
  else connection.login({ user, pass: password ?? '' }, done)
}

/** What was sent is sent: how the server takes its leave changes nothing. */
function leave(connection: SMTPConnection): void {
  connection.removeAllListeners('error')
  connection.on('error', () => {})
  try {
    connection.quit()
  } catch {
    connection.close()
  }
  AbortSignal.timeout(1000).addEventListener('abort', () => connection.close(), { once: true })
}

async function compose(mail: Mail): Promise<Buffer> {
  const { default: Composer } = (await import('nodemailer/lib/mail-composer')) as {
    default: typeof MailComposer
  }
  const { from, to, replyTo, subject, text, html, date, headers } = mail
  const composer = new Composer({
    ...{ from, to, subject, text, html, date, messageId: `<${mail.messageId}>` },
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    ...(replyTo === null ? {} : { replyTo }),
    attachments: mail.attachments.map(({ fileName, mediaType, bytes }) => ({
      ...{ filename: fileName, contentType: mediaType, content: Buffer.from(bytes) },
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}
