import type { Language } from '#engines/notify/topic.ts'
import { type Han, hanOfCountry, hanOfText } from './faces.ts'
import type { DocumentDefinition, Tag } from './tagged-pdf.ts'
import { type DocumentWords, documentWords, isVatNumber } from './words/document-words.ts'

/** Somebody that a document names, as it stood when it was issued. */
export interface Party {
  readonly name: string
  readonly address: readonly string[]
  /** ISO 3166; empty where it is not known. */
  readonly country: string
  readonly taxId: string
  readonly email: string
}

/** Whose document it is, beyond a party: what the workspace's settings say. */
export interface Seller extends Party {
  /** A line at the foot of every page: bank account, register entry. */
  readonly footer: string
  /** `#rrggbb`. */
  readonly accent: string
  /** A data address of a PNG or JPEG; null for none. */
  readonly logo: string | null
}

/** What all documents have: who sends it to whom, in which language. */
export interface FrameFacts {
  readonly language: Language
  readonly seller: Seller
  readonly buyer: Party
}

export interface FrameParts {
  readonly title: string
  readonly subject: string
  readonly createdAt: bigint
  /** What stands beside the address, label by label. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly body: readonly object[]
  /** What stands above the address; whom it is billed to where nothing is said. */
  readonly addressee?: string
  readonly draft?: boolean
}

export const INK = '#1f2933'
const QUIET = '#52606d'
export const RULE = '#cbd2d9'

/** A document with the workspace's branding: heading, both parties, what it is about, and a foot on every page. */
export function framed(frame: FrameFacts, parts: FrameParts): DocumentDefinition {
  const { seller, buyer, language } = frame
  const words = documentWords(language)
  return {
    title: parts.title,
    author: seller.name,
    subject: parts.subject,
    language,
    han: language === 'ja' ? 'jp' : hanOf(seller.country ? seller : buyer, 'sc'),
    createdAt: new Date(Number(parts.createdAt)),
    content: [heading(seller, parts.title, words), parties(frame, parts, words), ...parts.body],
    footer: (page, pages) => ({
      margin: [48, 16, 48, 0],
      fontSize: 7.5,
      color: QUIET,
      columns: [
        { text: seller.footer, width: '*' },
        {
          text: `${parts.title} · ${words.page(page, pages)}`,
          width: 'auto',
          alignment: 'right',
          noWrap: true,
        },
      ],
      columnGap: 16,
    }),
    ...(parts.draft
      ? { watermark: { text: words.draft, color: QUIET, opacity: 0.12, bold: true, fontSize: 110 } }
      : {}),
    styles: {
      label: { color: QUIET, fontSize: 7.5 },
      quiet: { color: QUIET, fontSize: 8 },
      head: { bold: true, color: QUIET, fontSize: 8 },
      strong: { bold: true, fontSize: 10.5 },
    },
    defaultStyle: { font: 'Roboto', fontSize: 9, color: INK, lineHeight: 1.15 },
    images: seller.logo ? { logo: seller.logo } : {},
    layouts: { lines: lineLayout(seller.accent), totals: totalsLayout, sums: sumsLayout },
  }
}

/** Whose shapes the Han characters of a party take: any kana in its name or address says that it is Japanese. */
function hanOf({ name, address, country }: Party, otherwise: Han): Han {
  const written = hanOfText([name, ...address].join(' '))
  return written ?? (country === '' ? otherwise : hanOfCountry(country))
}

export function tagged(text: string, tag: Tag, more: object = {}): object {
  return { text, tag, ...more }
}

export function paragraph(text: string, more: object = {}): object {
  return tagged(text, { role: 'P' }, more)
}

function taxIdLine(taxId: string, words: DocumentWords): string[] {
  return taxId === '' ? [] : [words.taxId(taxId, isVatNumber(taxId))]
}

function heading(seller: Seller, title: string, words: DocumentWords): object {
  const logo = seller.logo ? [{ image: 'logo', fit: [140, 48], margin: [0, 0, 0, 8] }] : []
  return {
    columns: [
      {
        width: '*',
        stack: [
          ...logo,
          paragraph(seller.name, { bold: true, fontSize: 11 }),
          ...seller.address.map(line => paragraph(line, { style: 'quiet' })),
          ...taxIdLine(seller.taxId, words).map(line => paragraph(line, { style: 'quiet' })),
          ...(seller.email ? [paragraph(seller.email, { style: 'quiet' })] : []),
        ],
      },
      {
        width: 'auto',
        stack: [tagged(title, { role: 'H1' }, { fontSize: 18, color: seller.accent, alignment: 'right' })],
      },
    ],
    columnGap: 16,
    margin: [0, 0, 0, 24],
  }
}

function parties(
  { buyer, language }: FrameFacts,
  { facts, addressee }: FrameParts,
  words: DocumentWords,
): object {
  const han = hanOf(buyer, language === 'ja' ? 'jp' : 'sc')
  return {
    columns: [
      {
        width: '*',
        stack: [
          tagged(addressee ?? words.billTo, { role: 'H2' }, { style: 'label', margin: [0, 0, 0, 2] }),
          {
            han,
            stack: [
              paragraph(words.addressee(buyer.name), { bold: true }),
              ...buyer.address.map(line => paragraph(line)),
              ...taxIdLine(buyer.taxId, words).map(line => paragraph(line)),
              ...(buyer.email ? [paragraph(buyer.email)] : []),
            ],
          },
        ],
      },
      {
        width: 256,
        stack: facts.map(([label, value]) => ({
          columns: [
            paragraph(label, { width: 84, style: 'label', margin: [0, 1, 0, 0] }),
            paragraph(value, { width: '*' }),
          ],
          columnGap: 8,
          margin: [0, 0, 0, 3],
        })),
      },
    ],
    columnGap: 16,
    margin: [0, 0, 0, 24],
  }
}

function lineLayout(accent: string) {
  return {
    hLineWidth: (row: number) => (row === 1 ? 1 : row === 0 ? 0 : 0.5),
    vLineWidth: () => 0,
    hLineColor: (row: number) => (row === 1 ? accent : RULE),
    paddingLeft: (column: number) => (column === 0 ? 0 : 12),
    paddingRight: () => 0,
    paddingTop: () => 5,
    paddingBottom: () => 4,
  }
}

const totalsLayout = {
  hLineWidth: (row: number, { table }: { readonly table: { readonly body: readonly unknown[] } }) =>
    row > 0 && row === table.body.length - 1 ? 1 : 0,
  vLineWidth: () => 0,
  hLineColor: () => INK,
  paddingLeft: () => 0,
  paddingRight: () => 0,
  paddingTop: () => 3,
  paddingBottom: () => 3,
}

/** Without a sum at its end. */
const sumsLayout = { ...totalsLayout, hLineWidth: () => 0 }
