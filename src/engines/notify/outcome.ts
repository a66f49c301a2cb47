/**
 * What became of a try to deliver. `bounced`: the address takes no mail. `failed`: trying again is of no use.
 * `later`: it may be. `unsure`: it was handed over and nobody said whether it was taken, so that the next try
 * may double it.
 */
export type Outcome =
  | { readonly kind: 'sent'; readonly answer: string }
  | { readonly kind: 'bounced' | 'failed' | 'unsure'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'later'
      readonly code: string
      readonly message: string
      /** Milliseconds for which the other side asked to be left alone. */
      readonly after?: number
    }

/** How a mail server or the way to it failed, as far as the mail library says. */
export interface MailFailure {
  /** The library's own code, such as `EAUTH`. */
  readonly code: string | null
  /** What the server answered to, such as `RCPT TO`. */
  readonly command: string | null
  /** The server's reply, with its three digits. */
  readonly reply: number | null
  readonly message: string
  /** The whole message had been handed over. */
  readonly handedOver: boolean
}

/** Enhanced codes (RFC 3463) that say that the mailbox or its domain is not there or was given up. */
const NO_SUCH_ADDRESS = /\b5\.1\.(1|2|3|6|10)\b|\b5\.2\.1\b/
const ANY_ENHANCED = /\b[245]\.\d{1,3}\.\d{1,3}\b/
/** Certificates that are not to be trusted, by the names that the TLS library gives them. */
const CERTIFICATE =
  /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|ALTNAME|certificate|Hostname\/IP does not match/

/**
 * What a failure of a mail server means. A reply of 4xx is asked for again (RFC 5321 4.2.1), one of 5xx is final;
 * only a recipient that is refused as unknown bounces, because a policy or a full mailbox says nothing about the
 * address. Where a server gives no enhanced code, 550, 551 and 553 to a recipient are taken for it.
 */
export function mailOutcome(failure: MailFailure): Outcome {
  const { code, command, reply, message, handedOver } = failure
  if (code === 'ETLS' && !CERTIFICATE.test(message))
    return { kind: 'later', code: 'NOTIFY_MAIL_TLS', message }
  if (reply !== null && reply >= 500) {
    if (code === 'EAUTH' || command?.startsWith('AUTH') === true)
      return { kind: 'later', code: 'NOTIFY_MAIL_SIGN_IN', message }
    if (command === 'RCPT TO' && isUnknown(reply, message))
      return { kind: 'bounced', code: 'NOTIFY_MAIL_NO_SUCH_ADDRESS', message }
    if (command === 'RCPT TO' || command === 'MAIL FROM' || command === 'DATA')
      return { kind: 'failed', code: 'NOTIFY_MAIL_REFUSED', message }
    return { kind: 'later', code: 'NOTIFY_MAIL_REFUSED', message }
  }
  if (reply !== null && reply >= 400) return { kind: 'later', code: 'NOTIFY_MAIL_LATER', message }
  if (handedOver) return { kind: 'unsure', code: 'NOTIFY_MAIL_UNSURE', message }
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'later', code: 'NOTIFY_MAIL_SIGN_IN', message }
  if (CERTIFICATE.test(`${code} ${message}`))
    return { kind: 'later', code: 'NOTIFY_MAIL_CERTIFICATE', message }
  if (code === 'EENVELOPE') return { kind: 'failed', code: 'NOTIFY_MAIL_ADDRESS', message }
  if (code === 'EMESSAGE') return { kind: 'failed', code: 'NOTIFY_MAIL_REFUSED', message }
  return { kind: 'later', code: 'NOTIFY_MAIL_UNREACHABLE', message }
}

function isUnknown(reply: number, message: string): boolean {
  if (ANY_ENHANCED.test(message)) return NO_SUCH_ADDRESS.test(message)
  return reply === 550 || reply === 551 || reply === 553
}

/**
 * What the answer of a web server means. Every 2xx is taken; a redirect is followed nowhere, because it could lead
 * to a place that nobody allowed. 408, 425, 429 and 5xx may pass, and 404 and 410 at Slack mean that its hook is gone.
 * @param retryAfter the header of this name, seconds or a date; null without one
 * @param now milliseconds since the epoch
 */
export function webOutcome(status: number, text: string, retryAfter: string | null, now: bigint): Outcome {
  const message = `${status}${text.trim() === '' ? '' : `: ${text.trim().slice(0, 500)}`}`
  if (status >= 200 && status < 300) return { kind: 'sent', answer: message }
  if (status >= 300 && status < 400) return { kind: 'failed', code: 'NOTIFY_WEB_REDIRECT', message }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const after = pauseAsked(retryAfter, now)
    return { kind: 'later', code: 'NOTIFY_WEB_LATER', message, ...(after === null ? {} : { after }) }
  }
  if (status === 401 || status === 403) return { kind: 'failed', code: 'NOTIFY_WEB_FORBIDDEN', message }
  if (status === 404 || status === 410) return { kind: 'failed', code: 'NOTIFY_WEB_GONE', message }
  return { kind: 'failed', code: 'NOTIFY_WEB_REFUSED', message }
}

function pauseAsked(retryAfter: string | null, now: bigint): number | null {
  if (retryAfter === null) return null
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter.trim()) * 1000
  const at = Date.parse(retryAfter)
  return Number.isNaN(at) ? null : Math.max(0, at - Number(now))
}

/**
 * What it means that a web server gave no answer.
 * @param code of the failing call, such as `ECONNREFUSED`
 * @param handedOver whether the whole request had been written
 */
export function webFailure(code: string | null, message: string, handedOver: boolean): Outcome {
  if (CERTIFICATE.test(`${code} ${message}`))
    return { kind: 'later', code: 'NOTIFY_WEB_CERTIFICATE', message }
  if (handedOver) return { kind: 'unsure', code: 'NOTIFY_WEB_UNSURE', message }
  return { kind: 'later', code: 'NOTIFY_WEB_UNREACHABLE', message }
}
