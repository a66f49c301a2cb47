import { type Html, html } from './html.ts'

export const STYLE_PATH = '/sign-in/style.css'

/** Pages of sign-in: no script at all, no frame, nothing from elsewhere, forms to this server only. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** Where this is: the workspace's name, once it is known. */
  readonly place?: string
  /** Wider, for pages with more than a form. */
  readonly wide?: boolean
}

/** A whole page. */
export function page({ title, body, place, wide = false }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Quarterdeck</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header class="brand"><span class="mark" aria-hidden="true"></span><span>Quarterdeck</span>${
    place ? html`<span class="place">${place}</span>` : null
  }</header>
<main class="${wide ? 'wide' : 'narrow'}">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text
}

export interface FieldParts {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password'
  readonly value?: string
  readonly autocomplete?: string
  readonly hint?: string
  /** What is wrong with what was typed. */
  readonly error?: string | undefined
  readonly focus?: boolean
  readonly code?: boolean
  readonly minlength?: number
}

/** A labelled field; its hint and its error are read out with it. */
export function field(parts: FieldParts): Html {
  const { name, label, type = 'text', value = '', autocomplete, hint, error, focus, code, minlength } = parts
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : null}
<input id="${name}" name="${name}" type="${type}" value="${value}" required${
    autocomplete ? html` autocomplete="${autocomplete}"` : null
  }${described === '' ? null : html` aria-describedby="${described}"`}${error ? html` aria-invalid="true"` : null}${
    focus || error ? html` autofocus` : null
  }${minlength ? html` minlength="${minlength}"` : null}${
    code ? html` class="code" spellcheck="false" autocapitalize="characters"` : null
  }>
${error ? html`<p class="error" id="${name}-error">${error}</p>` : null}
</div>`
}

/** A choice from a list. */
export function choice(parts: {
  name: string
  label: string
  options: readonly { value: string; label: string }[]
  value: string
  hint?: string
}): Html {
  const { name, label, options, value, hint } = parts
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : null}
<select id="${name}" name="${name}"${hint ? html` aria-describedby="${name}-hint"` : null}>
${options.map(one => html`<option value="${one.value}"${one.value === value ? html` selected` : null}>${one.label}</option>`)}
</select>
</div>`
}

export interface FormParts {
  readonly action: string
  readonly fields: readonly Html[]
  readonly submit: string
  readonly hidden?: Readonly<Record<string, string>>
  readonly danger?: boolean
  readonly plain?: boolean
}

export function form({ action, fields, submit, hidden = {}, danger, plain }: FormParts): Html {
  return html`<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields}
<button type="submit" class="${danger ? 'danger' : plain ? 'plain' : 'primary'}">${submit}</button>
</form>`
}

/** What went wrong, or what is to be known, before everything else. */
export function notice(tone: 'critical' | 'info' | 'ok', text: string | Html): Html {
  return html`<div class="notice ${tone}" role="${tone === 'critical' ? 'alert' : 'status'}">${text}</div>`
}
