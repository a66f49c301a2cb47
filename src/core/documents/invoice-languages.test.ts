import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { describe, expect, it } from 'vitest'
import { LANGUAGES, type Language } from '#engines/notify/topic.ts'
import { type InvoiceFacts, invoiceDocument } from './invoice-document.ts'
import { writePdf } from './tagged-pdf.ts'
import { documentWords, isVatNumber } from './words/document-words.ts'

const OCTOBER = { from: BigInt(Date.UTC(2026, 9, 1)), to: BigInt(Date.UTC(2026, 10, 1)) }

function facts(language: Language): InvoiceFacts {
  const line = { service: OCTOBER, unit: '', detail: '', quantity: '1' }
  return {
    kind: 'invoice',
    language,
    number: 'INV-2026-00042',
    issuedAt: OCTOBER.to,
    dueAt: OCTOBER.to + 30n * 86_400_000n,
    period: OCTOBER,
    zone: 'UTC',
    currency: 'EUR',
    seller: {
      name: 'Acme GmbH',
      address: ['Hafen 2', '20457 Hamburg'],
      country: 'DE',
      taxId: 'DE123456789',
      email: '',
      footer: 'IBAN DE02120300000000202051',
      accent: '#0f766e',
      logo: null,
    },
    buyer: { name: 'Beispiel', address: ['Rue 1'], country: 'FR', taxId: '12/345', email: '' },
    purchaseOrder: 'PO 7',
    lines: [
      {
        ...line,
        name: 'API',
        quantity: '12500',
        unit: 'calls',
        amount: 123_456n,
        taxRate: '0.055',
        tax: 6_790n,
      },
      { ...line, name: 'Pro', amount: 10_000n, taxRate: '0.2', tax: 2_000n },
    ],
    net: 133_456n,
    tax: 8_790n,
    total: 142_246n,
  }
}

async function printed(invoice: InvoiceFacts) {
  const { bytes, missing } = await writePdf(invoiceDocument(invoice))
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const { items } = await (await pdf.getPage(1)).getTextContent()
  const { info } = (await pdf.getMetadata()) as { info: Record<string, unknown> }
  await pdf.loadingTask.destroy()
  const text = items.map(item => ('str' in item ? item.str : '')).join(' ')
  // Characters of several slices come apart, and spaces with them.
  return { text: text.replace(/\s+/g, ''), info, missing }
}

const SAID: Readonly<Record<Language, readonly string[]>> = {
  en: ['Invoice INV-2026-00042', 'Due 1 Dec 2026', 'Net 1,334.56 EUR', 'VAT ID DE123456789', 'Tax ID 12/345'],
  de: [
    'Rechnung INV-2026-00042',
    'Fällig am 01.12.2026',
    'Nettobetrag 1.334,56 EUR',
    'USt-IdNr. DE123456789',
    '5,5 % USt. auf 1.234,56 EUR: 67,90 EUR',
    '12.500 calls',
    'Seite 1 von 1',
  ],
  fr: [
    'Facture INV-2026-00042',
    'Échéance 01/12/2026',
    'Total TTC 1 422,46 EUR',
    'N° TVA DE123456789',
    'TVA à 5,5 % : 67,90 EUR sur 1 234,56 EUR',
    '12 500 calls',
  ],
  es: [
    'Factura INV-2026-00042',
    'Vencimiento 01/12/2026',
    'Base imponible 1.334,56 EUR',
    'NIF-IVA DE123456789',
    'IVA al 5,5 %: 67,90 EUR sobre 1.234,56 EUR',
    '12.500 calls',
  ],
  ja: [
    '請求書 INV-2026-00042',
    'お支払期限 2026年12月1日',
    '合計 1,422.46 EUR',
    'Beispiel 御中',
    '5.5%対象 1,234.56 EUR、消費税 67.90 EUR',
    '対象期間 2026年10月1日 ～ 2026年10月31日',
  ],
}

describe('the languages of documents', () => {
  it.each(LANGUAGES)('says an invoice in %s: words, figures and days', async language => {
    const { text, info, missing } = await printed(facts(language))
    for (const words of SAID[language]) expect(text).toContain(words.replace(/\s+/g, ''))
    expect(info).toMatchObject({ Language: language })
    expect(missing).toEqual([])
  })

  it.each(LANGUAGES)('names in a credit note in %s what it corrects', async language => {
    const corrects = { number: 'INV-2026-00007', reason: 'PRICE' }
    const note: InvoiceFacts = { ...facts(language), kind: 'credit-note', number: 'CN-2026-00001', corrects }
    const { text } = await printed(note)
    const words = documentWords(language)
    expect(text).toContain(`${words.kind['credit-note']}CN-2026-00001`.replace(/\s+/g, ''))
    expect(text).toContain(`${words.corrects}INV-2026-00007`.replace(/\s+/g, ''))
    expect(text).toContain(`${words.reason}PRICE`)
  })

  it.each(LANGUAGES)('says in an invoice in %s why no tax is charged, each reason once', async language => {
    const [first, second] = facts(language).lines
    const law = 'Directive 2006/112/EC, Articles 44 and 196'
    const charged = { kind: 'AE' as const, why: law }
    const lines = [
      { ...first!, untaxed: charged },
      { ...second!, untaxed: charged },
      { ...second!, name: 'Training', untaxed: { kind: 'E' as const, why: '' } },
    ]
    const { text, missing } = await printed({ ...facts(language), lines })
    const said = {
      en: ['Reverse charge: the recipient owes the tax', 'Exempt from tax'],
      de: ['Steuerschuldnerschaft des Leistungsempfängers', 'Steuerfrei'],
      fr: ['Autoliquidation', 'Exonéré de taxe'],
      es: ['Inversión del sujeto pasivo', 'Operación exenta'],
      ja: ['リバースチャージ（役務の受領者が納税義務者）', '非課税'],
    }[language].map(words => words.replace(/\s+/g, ''))
    expect(text.split(`${said[0]}(${law})`.replace(/\s+/g, ''))).toHaveLength(2)
    expect(text).toContain(said[1])
    expect(missing).toEqual([])
    // What is taxed says nothing of it.
    expect((await printed(facts(language))).text).not.toContain(said[0])
  })

  it('ends with what is left to pay where something had paid of it', async () => {
    const prepaid = { balance: 0n, wallets: 100_000n, payments: 0n }
    const { text } = await printed({ ...facts('de'), prepaid })
    const ends = 'Gesamtbetrag 1.422,46 EUR Aus Guthaben -1.000,00 EUR Zahlbetrag 422,46 EUR'
    expect(text.replaceAll('−', '-')).toContain(ends.replace(/\s+/g, ''))
    expect((await printed(facts('de'))).text).not.toContain('Zahlbetrag')
  })

  it('marks a draft in the language of the invoice', async () => {
    const { text } = await printed({ ...facts('fr'), number: null, issuedAt: null, dueAt: null })
    expect(text).toContain('Projetdefacture')
    expect(text).not.toContain('Échéance')
  })

  it('calls a number what it is by its form', () => {
    expect(isVatNumber('de 123 456 789')).toBe(true)
    expect(isVatNumber('FR XX 123456789')).toBe(true)
    expect(isVatNumber('US-1')).toBe(false)
    expect(isVatNumber('12/345/67890')).toBe(false)
    expect(documentWords('ja').taxId('T1234567890123', false)).toBe('登録番号 T1234567890123')
    expect(documentWords('ja').taxId('DE123456789', true)).toBe('VAT番号 DE123456789')
    expect(documentWords('ja').taxId('1-2', false)).toBe('納税者番号 1-2')
  })

  it('draws Han characters in Japanese shapes where the words are Japanese', () => {
    const invoice = facts('ja')
    expect(invoiceDocument(invoice).han).toBe('jp')
    const nowhere = { ...invoice.buyer, name: '山田', country: '' }
    expect(JSON.stringify(invoiceDocument({ ...invoice, buyer: nowhere }).content)).toContain('"han":"jp"')
    expect(JSON.stringify(invoiceDocument({ ...facts('de'), buyer: nowhere }).content)).toContain(
      '"han":"sc"',
    )
  })
})
