import { PATHS, SessionReply, TOKEN_FRAGMENT } from '#shared/browser-host-protocol.ts'

const KEPT_AS = 'quarterdeck.session'

/** The one-time token of an address `…#token=…`, or null. */
export function tokenOf(hash: string): string | null {
  const match = new RegExp(`^#${TOKEN_FRAGMENT}=([^&]+)$`).exec(hash)
  return match?.[1] ?? null
}

/**
 * The session secret of this tab. A token in the address is exchanged for one, and taken out of the address,
 * so that it stays in no history. Null where there is neither a token that is accepted nor a kept secret.
 */
export async function sessionSecret(): Promise<string | null> {
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

/** Forgets a secret that the host does not know any more. */
export function forgetSession(): void {
  sessionStorage.removeItem(KEPT_AS)
}
