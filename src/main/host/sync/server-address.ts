import { refuse } from '#shared/errors.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * The address of a server as a person typed it, without a slash at its end. What goes there is secret, so it
 * begins with https; http is for a server on this machine.
 * @throws Refusal `SYNC_URL_INVALID`
 */
export function serverAddress(typed: string): string {
  const said = typed.trim()
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(said) ? said : `https://${said}`
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw invalid(typed)
  }
  const isOwn = LOOPBACK.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOwn)) throw invalid(typed)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw invalid(typed)
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function invalid(url: string) {
  return refuse(
    'SYNC_URL_INVALID',
    { url },
    `'${url}' is no address of a server: it begins with https://, or with http:// on this machine.`,
  )
}
