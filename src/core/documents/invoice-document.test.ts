import { inflateSync } from 'node:zlib'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { describe, expect, it } from 'vitest'
import { digestOf } from '#shared/ids.ts'
import { type InvoiceFacts, invoiceDocument } from './invoice-document.ts'
import { writePdf } from './tagged-pdf.ts'

const OCTOBER = { from: BigInt(Date.UTC(2026, 9, 1)), to: BigInt(Date.UTC(2026, 10, 1)) }

const invoice: InvoiceFacts = {
  kind: 'invoice',
  language: 'en',
  number: 'INV-2026-000042',
  issuedAt: OCTOBER.to,
  dueAt: OCTOBER.to + 30n * 86_400_000n,
  period: OCTOBER,
  zone: 'UTC',
  currency: 'USD',
  seller: {
    name: 'Acme Ltd',
    address: ['1 Main Street', 'Springfield'],
    country: 'US',
    taxId: 'US-1',
    email: 'billing@acme.example',
    footer: 'IBAN XX00',
    accent: '#0f5e5c',
    logo: null,
  },
  buyer: { name: 'Müller & Søn Привет', address: ['Hafen 2'], country: 'DE', taxId: '', email: '' },
  ...{ purchaseOrder: 'PO 7', subscription: 'Team plan' },
  lines: [
    {
      name: 'API calls',
      service: OCTOBER,
      quantity: '12500',
      unit: 'calls',
      detail: '10,000 × 0.01 + 2,500 × 0.008',
      amount: 12_000n,
      taxRate: '0.08',
      tax: 960n,
    },
    {
      name: 'Professional',
      service: OCTOBER,
      quantity: '1',
      unit: '',
      detail: '',
      amount: 49_900n,
      taxRate: '0',
      tax: 0n,
    },
  ],
  net: 61_900n,
  tax: 960n,
  total: 62_860n,
}

async function open(bytes: Uint8Array) {
  return getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
}

async function textOf(bytes: Uint8Array): Promise<string> {
  const pdf = await open(bytes)
  const pages: string[] = []
  for (let page = 1; page <= pdf.numPages; page++) {
    const { items } = await (await pdf.getPage(page)).getTextContent()
    pages.push(items.map(item => ('str' in item ? item.str : '')).join(' '))
  }
  await pdf.loadingTask.destroy()
  return pages.join('\n').replace(/\s+/g, ' ')
}

const NAMES = [
  'شركة الواحة للتجارة',
  'الشركة الكويتية المتحدة للاستيراد والتصدير',
  'שלום עולם',
  '一般社団法人北海道東部地域再生可能エネルギー',
  '주식회사 한여울물류',
  '玉山川電子股份有限公司',
  'नीलगिरी टेक्नोलॉजीज़ प्राइवेट लिमिटेड',
  'บริษัท น้ำทิพย์ จำกัด',
]

/** The operators of all pages. */
function contentOf(bytes: Uint8Array): string {
  const file = Buffer.from(bytes)
  const parts: string[] = []
  for (let at = file.indexOf('stream\n'); at >= 0; at = file.indexOf('stream\n', at + 7)) {
    const end = file.indexOf('\nendstream', at)
    if (end < 0 || file.toString('latin1', at - 3, at) === 'end') continue
    const stream = file.subarray(at + 7, end)
    const text = (stream[0] === 0x78 ? inflateSync(stream) : stream).toString('latin1')
    if (/^BT$/m.test(text)) parts.push(text)
  }
  return parts.join('\n')
}

/** A text as a string of PDF writes it. */
function utf16(text: string): string {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  return bytes.toString('latin1').replace(/[\n\r\t\b\f()\\]/g, sign => {
    const letter = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' }[sign]
    return `\\${letter ?? sign}`
  })
}

interface Node {
  readonly role?: string
  readonly type?: string
  readonly children?: readonly Node[]
}

/** The roles of a structure tree, in order. */
function rolesOf(node: Node): string[] {
  return [...(node.role ? [node.role] : []), ...(node.children ?? []).flatMap(rolesOf)]
}

/** How many elements of a role have content on the page that the tree was asked of. */
function filled(node: Node, role: string): number {
  const own = node.role === role && node.children?.some(child => child.type === 'content') ? 1 : 0
  return (node.children ?? []).reduce((sum, child) => sum + filled(child, role), own)
}

describe('the document of an invoice', () => {
  it('says everything that the invoice knows', async () => {
    const { bytes, missing } = await writePdf(invoiceDocument(invoice))
    const text = await textOf(bytes)
    for (const words of [
      'Invoice INV-2026-000042',
      'Acme Ltd',
      'Müller & Søn Привет',
      'PO 7',
      'Team plan',
      '1 Oct 2026 – 31 Oct 2026',
      '1 Dec 2026',
      '12,500 calls',
      '10,000 × 0.01 + 2,500 × 0.008',
      '120.00',
      '8 %',
      '628.60 USD',
      'Tax at 8 %: 9.60 USD on 120.00 USD',
      'page 1 of 1',
    ]) {
      expect(text).toContain(words)
    }
    expect(text).not.toContain('Draft')
    expect(missing).toEqual([])
  })

  it('is tagged: heading, paragraphs, and a table whose head names its columns', async () => {
    const { bytes } = await writePdf(invoiceDocument(invoice))
    const pdf = await open(bytes)
    const tree = await (await pdf.getPage(1)).getStructTree()
    const roles = rolesOf(tree)
    expect(roles.filter(role => role === 'H1')).toHaveLength(1)
    expect(roles.filter(role => role === 'Table')).toHaveLength(2)
    expect(roles.filter(role => role === 'TR')).toHaveLength(3 + 3)
    expect((await pdf.getMarkInfo()) as unknown as Map<string, boolean>).toContainEqual(['Marked', true])
    const { info, metadata } = await pdf.getMetadata()
    expect(info).toMatchObject({ Title: 'Invoice INV-2026-000042', Language: 'en' })
    expect(metadata.getRaw()).toContain('<pdfaid:part>3</pdfaid:part>')
    await pdf.loadingTask.destroy()
  })

  it('has the same bytes whenever it is made', async () => {
    const digests = await Promise.all(
      [1, 2].map(async () => {
        const { bytes } = await writePdf(invoiceDocument(invoice))
        return digestOf(Buffer.from(bytes).toString('base64'))
      }),
    )
    expect(digests[0]).toBe(digests[1])
  })

  it('repeats the head of its table on every page, and marks it as content once', async () => {
    const line = invoice.lines[0]!
    const lines = Array.from({ length: 200 }, (_, index) => ({ ...line, name: `Line ${index}` }))
    const { bytes } = await writePdf(invoiceDocument({ ...invoice, lines }))
    const pdf = await open(bytes)
    expect(pdf.numPages).toBeGreaterThan(5)
    let heads = 0
    for (let page = 1; page <= pdf.numPages; page++) {
      const at = await pdf.getPage(page)
      const { items } = await at.getTextContent()
      const words = items.map(item => ('str' in item ? item.str : ''))
      if (page < pdf.numPages) expect(words.join('')).toContain('Description')
      heads += filled(await at.getStructTree(), 'TH')
    }
    expect(heads).toBe(4 + 3)
    expect(await textOf(bytes)).toContain('Line 199')
    await pdf.loadingTask.destroy()
  })

  it('calls a draft a draft, without number and due date', async () => {
    const draft = { ...invoice, number: null, issuedAt: null, dueAt: null }
    const text = await textOf((await writePdf(invoiceDocument(draft))).bytes)
    expect(text).toContain('Draft invoice')
    expect(text).not.toContain('Due')
  })

  it('shows a credit note as one, with its signs', async () => {
    const line = { ...invoice.lines[0]!, amount: -12_000n, tax: -960n }
    const credit: InvoiceFacts = {
      ...invoice,
      kind: 'credit-note',
      number: 'CN-2026-000001',
      lines: [line],
      ...{ net: -12_000n, tax: -960n, total: -12_960n },
    }
    const text = await textOf((await writePdf(invoiceDocument(credit))).bytes)
    expect(text).toContain('Credit note CN-2026-000001')
    expect(text).toContain('−129.60 USD')
  })

  it('draws a sign for the characters that no face has, and names them', async () => {
    const buyer = { ...invoice.buyer, name: '株式会社 Ωmega 😀 தமிழ்' }
    const { bytes, missing } = await writePdf(invoiceDocument({ ...invoice, buyer }))
    expect(missing).toEqual([...'😀தமிழ்'])
    expect(await textOf(bytes)).toContain('株式会社 Ωmega \ufffd')
  })

  it('is written so that names of all scripts are found and copied', async () => {
    const lines = NAMES.map(name => ({ ...invoice.lines[1]!, name }))
    const { bytes, missing } = await writePdf(invoiceDocument({ ...invoice, lines }))
    expect(missing).toEqual([])
    // The parts of a name in several slices come one by one.
    const text = (await textOf(bytes)).replaceAll(' ', '')
    for (const name of NAMES.slice(0, 6)) expect(text).toContain(name.replaceAll(' ', ''))
    // What is drawn in another order than it is spoken in says how it reads.
    const drawn = contentOf(bytes)
    for (const name of NAMES.slice(6)) expect(drawn).toContain(`/ActualText (${utf16(name)})`)
    expect(drawn.match(/ BDC\n/g)!.length).toBe(drawn.match(/EMC\n/g)!.length)
    // A cell with words from right to left says the order of reading for itself.
    expect(Buffer.from(bytes).toString('latin1')).toContain(`/ActualText (${utf16(`${NAMES[0]}\n`)}`)
  })

  it('has the same bytes whatever was made before', async () => {
    const named = (name: string) =>
      writePdf(invoiceDocument({ ...invoice, buyer: { ...invoice.buyer, name } }))
    const first = await named(NAMES[0]!)
    await named(NAMES.slice(1).join(' '))
    expect(Buffer.from((await named(NAMES[0]!)).bytes).equals(Buffer.from(first.bytes))).toBe(true)
  })

  it('has metadata that are XML whatever a party is called', async () => {
    const seller = { ...invoice.seller, name: 'A & B <c>\u0001' }
    const { bytes } = await writePdf(invoiceDocument({ ...invoice, seller }))
    const pdf = await open(bytes)
    const { info, metadata } = await pdf.getMetadata()
    expect(metadata.getRaw()).toContain('<rdf:li>A &#38; B &#60;c&#62; </rdf:li>')
    expect(info).toMatchObject({ Author: 'A & B <c>\u0001' })
    await pdf.loadingTask.destroy()
  })

  it('draws Han characters as the party writes them', () => {
    const buyer = (country: string, ...address: string[]) =>
      JSON.stringify(
        invoiceDocument({ ...invoice, buyer: { ...invoice.buyer, address, country } }).content,
      ).match(/"han":"(..)"/)![1]
    expect(buyer('JP')).toBe('jp')
    expect(buyer('KR')).toBe('kr')
    expect(buyer('TW')).toBe('sc')
    expect(buyer('', '港区みなと')).toBe('jp')
    expect(invoiceDocument({ ...invoice, seller: { ...invoice.seller, country: 'KR' } }).han).toBe('kr')
    const unknown = { ...invoice.seller, country: '' }
    const japanese = { ...invoice.buyer, country: 'JP' }
    expect(invoiceDocument({ ...invoice, seller: unknown, buyer: japanese }).han).toBe('jp')
  })
})
