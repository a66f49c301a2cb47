import { html } from './html.ts'
import { field, form, notice, page } from './layout.ts'
import { passphraseFields } from './pages.ts'

export interface AccountPage {
  readonly place: string
  readonly name: string
  readonly email: string
  readonly hasPassphrase: boolean
  readonly provider: string | null
  readonly secondFactor: {
    readonly enrolled: boolean
    readonly required: boolean
    readonly recoveryCodes: number
  }
  readonly said?: { readonly tone: 'critical' | 'ok'; readonly text: string } | undefined
}

/** One's own account: passphrase and one-time codes. */
export function accountPage(parts: AccountPage): string {
  const { place, name, email, hasPassphrase, provider, secondFactor, said } = parts
  const present = field({
    ...{ name: 'current', label: 'Present passphrase', type: 'password', autocomplete: 'current-password' },
  })
  return page({
    title: 'Your account',
    place,
    body: html`${said ? notice(said.tone, said.text) : null}
<dl class="facts"><dt>Name</dt><dd>${name}</dd><dt>E-mail</dt><dd>${email}</dd>${
      provider ? html`<dt>Provider</dt><dd>${provider}</dd>` : null
    }</dl>
<h2>One-time codes</h2>
${
  secondFactor.enrolled
    ? html`<p>Set up. ${secondFactor.recoveryCodes} recovery ${secondFactor.recoveryCodes === 1 ? 'code is' : 'codes are'} left.</p>
<div class="actions"><a class="button" href="/account/code">Set up anew</a></div>
${
  secondFactor.required
    ? html`<p class="hint">Your workspace asks for them.</p>`
    : html`<h2>Remove one-time codes</h2>${form({ action: '/account/code/remove', fields: [field({ ...{ name: 'code', label: 'A code of your authenticator', autocomplete: 'one-time-code', code: true } })], submit: 'Remove one-time codes', danger: true })}`
}`
    : hasPassphrase
      ? html`<p>Not set up. With them a stolen passphrase is not enough to sign in.</p><p><a class="button" href="/account/code">Set up one-time codes</a></p>`
      : html`<p>You sign in with ${provider ?? 'a provider'}, which asks for its own.</p>`
}
${
  hasPassphrase
    ? html`<h2>Passphrase</h2>
<p class="lead">You will be signed out everywhere else.</p>
${form({ action: '/account/passphrase', fields: [present, ...passphraseFields()], submit: 'Change the passphrase' })}`
    : null
}
<p class="links"><a href="/">To the workspace</a> · <a href="/sign-out">Sign out</a></p>`,
  })
}

export function signOutPage(place: string): string {
  return page({
    title: 'Sign out',
    place,
    body: html`<p class="lead">You are signed in on this browser.</p>
${form({ action: '/sign-out', fields: [], submit: 'Sign out' })}
<p class="links"><a href="/">Stay signed in</a></p>`,
  })
}
