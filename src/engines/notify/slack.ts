import type { Urgency, Words } from './topic.ts'

/** Slack takes so many characters in a header; a section takes 3000, of which a link has its share. */
const HEADER = 150
const SECTION = 2400

/** A message in the blocks of Slack's incoming webhooks, with the text for places that show none. */
export function slackMessage(
  { title, body }: Words,
  { link, urgency, workspace }: { link: string | null; urgency: Urgency; workspace: string },
) {
  const mark = urgency === 'urgent' ? '\u{1f534} ' : ''
  const plain = shortened(escaped(body), SECTION)
  const text = [plain, link === null ? '' : `<${link}|Open in Quarterdeck>`]
    .filter(part => part !== '')
    .join('\n\n')
  return {
    text: `${mark}${escaped(title)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: shortened(`${mark}${title}`, HEADER), emoji: true },
      },
      ...(text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text } }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(workspace) }] },
    ],
  }
}

/** The three signs that mean something in Slack's texts. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  // Half of an escaped sign would be shown as it is written.
  return `${text.slice(0, longest - 1).replace(/&[a-z]*$/, '')}…`
}
