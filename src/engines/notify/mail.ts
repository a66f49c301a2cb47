import type { Language, Words } from './topic.ts'

/** What stands around the words of a mail. */
export interface MailFrame {
  readonly language: Language
  readonly workspace: string
  /** Where a link leads; null for a mail without one. */
  readonly link: string | null
  /** Why the reader gets it; null where that needs no saying. */
  readonly why: string | null
}

export interface MailText {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const OPEN: Readonly<Record<Language, string>> = {
  en: 'Open in Quarterdeck',
  de: 'In Quarterdeck öffnen',
  fr: 'Ouvrir dans Quarterdeck',
  es: 'Abrir en Quarterdeck',
  ja: 'Quarterdeckで開く',
}

/** One message as the text of a mail, plain and as HTML that says the same. */
export function mailText({ title, body }: Words, frame: MailFrame): MailText {
  return written(title, [{ title: null, body, link: frame.link }], frame)
}

/** Several messages as one mail. */
export function digestText(
  messages: readonly (Words & { readonly link: string | null })[],
  frame: MailFrame,
): MailText {
  const [first] = messages
  const more = messages.length - 1
  const subject = more === 0 ? first!.title : `${first!.title} (+${more})`
  return written(subject, messages, frame)
}

interface Part {
  readonly title: string | null
  readonly body: string
  readonly link: string | null
}

function written(subject: string, parts: readonly Part[], { language, workspace, why }: MailFrame): MailText {
  const foot = why === null ? workspace : `${workspace} · ${why}`
  const text = parts
    .map(({ title, body, link }) =>
      [title, body, link].filter(one => one !== null && one !== '').join('\n\n'),
    )
    .concat(`-- \n${foot}`)
    .join('\n\n')
  const inner = parts
    .map(part => htmlOf(part, language))
    .join('<hr style="border:0;border-top:1px solid #d5d9dd;margin:24px 0">')
  const html = [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(subject)}</title></head>`,
    '<body style="margin:0;padding:24px;background:#f4f5f6">',
    '<div style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff;color:#1c2126;',
    'font:15px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif">',
    inner,
    `<p style="margin:24px 0 0;color:#5b646d;font-size:13px">${escaped(foot)}</p></div></body></html>`,
  ].join('')
  return { subject, text, html }
}

function htmlOf({ title, body, link }: Part, language: Language): string {
  const head = title === null ? '' : `<h2 style="margin:0 0 8px;font-size:16px">${escaped(title)}</h2>`
  const paragraphs = body
    .split(/\n{2,}/)
    .filter(paragraph => paragraph !== '')
    .map(paragraph => `<p style="margin:0 0 12px">${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
  const button =
    link === null
      ? ''
      : `<p style="margin:16px 0 0"><a href="${escaped(link)}" style="color:#0f766e">${OPEN[language]}</a></p>`
  return head + paragraphs.join('') + button
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, sign => ENTITIES[sign]!)
}
