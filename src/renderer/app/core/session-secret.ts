import { HOST_META, PATHS, SessionReply, TOKEN_FRAGMENT } from '#shared/browser-host-protocol.ts'

const KEPT_AS = 'quarterdeck.session'

/** The one-time token of an address `…#token=…`, or null. */
export function tokenOf(hash: string): string | null {
  const match = new RegExp(`^#${TOKEN_FRAGMENT}=([^&]+)$`).exec(hash)
  return match?.[1] ?? null
}

/** Whether this page came from a server, which a cookie tells who is signed in. */
export function isServed(): boolean {
  return document.querySelector<HTMLMetaElement>(`meta[name="${HOST_META}"]`)?.content === 'server'
}

async function servedSession(): Promise<string | null> {
  const reply = await fetch(PATHS.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  return reply.ok ? SessionReply.parse(await reply.json()).session : null
}

/**
 * The session secret of this tab. A token in the address is exchanged for one, and taken out of the address,
 * so that it stays in no history. Null where there is neither a token that is accepted nor a kept secret.
 */
export async function sessionSecret(): Promise<string | null> {
  if (isServed()) return servedSession()
  const token = tokenOf(location.hash)
  if (token !== null) {
    history.replaceState(null, '', `${location.pathname}${location.search}`)
    const reply = await fetch(PATHS.session, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (reply.ok) {
      const { session } = SessionReply.parse(await reply.json())
      sessionStorage.setItem(KEPT_AS, session)
      return session
    }
    // The token is spent when the page is loaded again; the secret that it brought may still be good.
  }
  return sessionStorage.getItem(KEPT_AS)
}

/** Forgets a secret that the host does not know any more; where a server knows people, they sign in again. */
export function forgetSession(): void {
  if (isServed()) location.assign('/sign-in')
  sessionStorage.removeItem(KEPT_AS)
}
