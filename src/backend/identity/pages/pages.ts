import { renderSVG } from 'uqr'
import { PASSPHRASE_MINIMUM } from '#shared/contract/workspace/people.ts'
import { Html, html } from './html.ts'
import { field, form, notice, page } from './layout.ts'

const NEW_PASSPHRASE = `At least ${PASSPHRASE_MINIMUM} characters. A few words that do not belong together are easy to remember.`

export interface SignInPage {
  readonly next: string
  readonly email?: string
  readonly problem?: string
  /** The provider's name, where there is one. */
  readonly provider: string | null
}

export function signInPage({ next, email = '', problem, provider }: SignInPage): string {
  return page({
    title: 'Sign in',
    body: html`${problem ? notice('critical', problem) : null}
${
  provider
    ? html`<p><a class="button" href="/sign-in/provider?next=${encodeURIComponent(next)}">Sign in with ${provider}</a></p><p class="or">or with a passphrase</p>`
    : null
}
${form({
  action: '/sign-in',
  hidden: { next },
  fields: [
    field({
      ...{ name: 'email', label: 'E-mail address', type: 'email', value: email },
      ...{ autocomplete: 'username', focus: email === '' },
    }),
    field({
      ...{ name: 'passphrase', label: 'Passphrase', type: 'password' },
      ...{ autocomplete: 'current-password', focus: email !== '' },
    }),
  ],
  submit: 'Sign in',
})}
<p class="links">Forgotten your passphrase? An admin of your workspace can make a link for you to set a new one.</p>`,
  })
}

export function codePage({ place, problem }: { place: string; problem?: string | undefined }): string {
  return page({
    title: 'One-time code',
    place,
    body: html`${problem ? notice('critical', problem) : null}
<p class="lead">Type the code that your authenticator shows now, or one of your recovery codes.</p>
${form({
  action: '/sign-in/code',
  fields: [field({ name: 'code', label: 'Code', autocomplete: 'one-time-code', focus: true, code: true })],
  submit: 'Continue',
})}
<p class="links">Lost both? An admin of your workspace can remove the one-time code. <a href="/sign-in">Begin again</a></p>`,
  })
}

export function choosePage(workspaces: readonly { readonly id: string; readonly name: string }[]): string {
  return page({
    title: 'Choose a workspace',
    body: html`<p class="lead">Your address belongs to several workspaces.</p>
${workspaces.map(({ id, name }) =>
  form({ action: '/sign-in/workspace', hidden: { workspace: id }, fields: [], submit: name, plain: true }),
)}`,
  })
}

export interface EnrolPage {
  readonly action: string
  readonly place: string
  readonly secret: string
  readonly uri: string
  readonly why: string
  readonly problem?: string | undefined
  /** What shows besides that it is them, where they are signed in already. */
  readonly confirm?: 'passphrase' | 'code'
}

const CONFIRM = {
  passphrase: field({
    ...{ name: 'present', label: 'Your passphrase', type: 'password', autocomplete: 'current-password' },
  }),
  code: field({
    ...{ name: 'present', label: 'A code of the present authenticator, or a recovery code', code: true },
  }),
}

/** The QR code is a picture for the eye; the text beside it says the same. */
export function enrolPage({ action, place, secret, uri, why, problem, confirm }: EnrolPage): string {
  const picture = new Html(renderSVG(uri, { border: 1 }))
  return page({
    title: 'Set up one-time codes',
    place,
    body: html`${problem ? notice('critical', problem) : null}
<p class="lead">${why}</p>
<h2>1. Scan this with your authenticator</h2>
<div class="qr" role="img" aria-label="QR code of the secret below">${picture}</div>
<p>Or type the secret: <span class="secret">${(secret.match(/.{1,4}/g) ?? []).join(' ')}</span></p>
<h2>2. Type the code that it shows</h2>
${form({
  action,
  fields: [
    field({
      name: 'code',
      label: 'Code of six digits',
      autocomplete: 'one-time-code',
      focus: true,
      code: true,
    }),
    ...(confirm ? [CONFIRM[confirm]] : []),
  ],
  submit: 'Confirm',
})}`,
  })
}

export function recoveryPage(codes: readonly string[], next: string, place: string): string {
  return page({
    title: 'Your recovery codes',
    place,
    body: html`${notice('ok', 'One-time codes are set up.')}
<p>Each of these works once, when you do not have your authenticator. Write them down or print this page now: they are not shown again.</p>
<ol class="codes">${codes.map(code => html`<li>${code}</li>`)}</ol>
<p><a class="button" href="${next}">I have written them down</a></p>`,
  })
}

export interface NewPassphrasePage {
  readonly action: string
  readonly place: string
  readonly kind: 'invitation' | 'reset'
  readonly name: string
  readonly email: string
  readonly problem?: string | undefined
  readonly provider: string | null
  readonly secret: string
}

export function newPassphrasePage(parts: NewPassphrasePage): string {
  const { action, place, kind, name, email, problem, provider, secret } = parts
  const invited = kind === 'invitation'
  return page({
    title: invited ? `Welcome, ${name}` : 'Set a new passphrase',
    place,
    body: html`${problem ? notice('critical', problem) : null}
<p class="lead">${
      invited
        ? `You are invited to ${place} as ${email}.`
        : `For ${email} in ${place}. You will be signed out everywhere else.`
    }</p>
${
  invited && provider
    ? html`<p><a class="button" href="/sign-in/provider?link=${encodeURIComponent(secret)}">Sign in with ${provider}</a></p><p class="or">or set a passphrase</p>`
    : null
}
${form({
  action,
  hidden: { email },
  fields: passphraseFields(true),
  submit: invited ? 'Set the passphrase and sign in' : 'Set the new passphrase',
})}`,
  })
}

/** Both fields of a new passphrase. */
export function passphraseFields(focus = false): Html[] {
  return [
    field({
      ...{ name: 'passphrase', label: 'New passphrase', type: 'password', autocomplete: 'new-password' },
      ...{ hint: NEW_PASSPHRASE, focus, minlength: PASSPHRASE_MINIMUM },
    }),
    field({ name: 'again', label: 'The same again', type: 'password', autocomplete: 'new-password' }),
  ]
}

/** Says one thing, and where to go from there. */
export function messagePage(parts: {
  title: string
  text: string
  tone?: 'critical' | 'info' | 'ok'
  link?: { href: string; label: string }
}): string {
  const { title, text, tone = 'info', link } = parts
  return page({
    title,
    body: html`${notice(tone, text)}${link ? html`<p><a class="button" href="${link.href}">${link.label}</a></p>` : null}`,
  })
}
