import { isRefusal, type Refusal, refuse } from '#shared/errors.ts'

/*
 * Why a server could not be asked, in codes that have plain words (`errors.<CODE>`). What is thrown here never
 * stands for an answer: the outbox stays as it is, and the loop tries again.
 */

/** After these it makes no sense to try again soon: a person has to do something first. */
export const FOR_A_PERSON: ReadonlySet<string> = new Set([
  'ACCESS_DEVICE_REVOKED',
  'SYNC_DESK_TOO_OLD',
  'SYNC_SERVER_TOO_OLD',
  'SYNC_TLS',
  'SYNC_WRONG_WORKSPACE',
])

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|EPROTO|_CERT_/

/** What a failed `fetch` says, as a refusal. */
export function networkFailure(error: unknown, url: string): Refusal {
  const host = hostOf(url)
  const code = codeOf(error)
  if (code === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return refuse('SYNC_NO_ANSWER', { host }, `${host} did not answer in time.`)
  if (TLS.test(code))
    return refuse('SYNC_TLS', { host, reason: code }, `The certificate of ${host} is not accepted (${code}).`)
  return refuse('SYNC_OFFLINE', { host, reason: code }, `${host} cannot be reached (${code}).`)
}

/** Something answered that is not the server: a page to sign in to a network, a proxy, another program. */
export function notOurs(url: string, status: number): Refusal {
  const host = hostOf(url)
  // A proxy in front of a server that is being restarted says so itself.
  if (status === 502 || status === 503 || status === 504)
    return refuse('SYNC_SERVER_AWAY', { host, status }, `What stands before ${host} says ${status}.`)
  return refuse('SYNC_NOT_OURS', { host, status }, `Something else than Quarterdeck answered for ${host}.`)
}

/** The answer leads somewhere else. It is not followed: what is sent is for this server only. */
export function redirected(url: string, location: string | null): Refusal {
  const host = hostOf(url)
  const to = location === null ? '' : hostOf(new URL(location, url).href)
  return refuse('SYNC_REDIRECTED', { host, to }, `${host} sends on to ${to}, which is not followed.`)
}

export function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}

/** The most telling code in a chain of causes. */
function codeOf(error: unknown): string {
  let found = ''
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && code !== 'ABORT_ERR') found = code
    else if (at.name === 'TimeoutError') found = 'TimeoutError'
    // Several addresses were tried: the first one's reason is as good as any.
    if (at instanceof AggregateError && at.errors.length > 0) found = codeOf(at.errors[0]) || found
  }
  return found || (error instanceof Error ? error.name : 'unknown')
}

/** A failure as a code with words. */
export function failureOf(error: unknown): { code: string; data: unknown } {
  return isRefusal(error)
    ? { code: error.code, data: error.data ?? {} }
    : { code: 'SYNC_OFFLINE', data: { host: '', reason: String(error) } }
}
