import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { describe, expect, it } from 'vitest'
import { digestOf } from '#shared/ids.ts'
import { type InvoiceFacts, invoiceDocument } from './invoice-document.ts'
import { writePdf } from './tagged-pdf.ts'

const OCTOBER = { from: BigInt(Date.UTC(2026, 9, 1)), to: BigInt(Date.UTC(2026, 10, 1)) }

const invoice: InvoiceFacts = {
  kind: 'invoice',
  number: 'INV-2026-000042',
  issuedAt: OCTOBER.to,
  dueAt: OCTOBER.to + 30n * 86_400_000n,
  period: OCTOBER,
  zone: 'UTC',
  currency: 'USD',
  seller: {
    name: 'Acme Ltd',
    address: ['1 Main Street', 'Springfield'],
    taxId: 'US-1',
    email: 'billing@acme.example',
    footer: 'IBAN XX00',
    accent: '#0f5e5c',
    logo: null,
  },
  buyer: { name: 'Müller & Søn Привет', address: ['Hafen 2'], taxId: '', email: '' },
  purchaseOrder: 'PO 7',
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

  it('names the characters that its faces lack', async () => {
    const buyer = { ...invoice.buyer, name: '株式会社 Ωmega' }
    const { missing } = await writePdf(invoiceDocument({ ...invoice, buyer }))
    expect(missing).toEqual([...'株式会社'])
  })
})
