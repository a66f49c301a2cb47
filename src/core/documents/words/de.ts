import type { DocumentWords } from './document-words.ts'

export const de: DocumentWords = {
  // Not Gutschrift: since 2013 that is by law an invoice which the customer writes.
  kind: { invoice: 'Rechnung', 'credit-note': 'Rechnungskorrektur' },
  draft: 'Entwurf',
  draftOf: { invoice: 'Rechnung (Entwurf)', 'credit-note': 'Rechnungskorrektur (Entwurf)' },
  billTo: 'Rechnungsempfänger',
  addressee: name => name,
  period: 'Leistungszeitraum',
  issued: 'Rechnungsdatum',
  due: 'Fällig am',
  purchaseOrder: 'Ihre Bestellung',
  corrects: 'Zu Rechnung',
  reason: 'Grund',
  taxId: (id, vat) => `${vat ? 'USt-IdNr.' : 'Steuernummer'} ${id}`,
  description: 'Bezeichnung',
  quantity: 'Menge',
  taxRate: 'USt.',
  amount: currency => `Betrag ${currency}`,
  net: 'Nettobetrag',
  tax: 'Umsatzsteuer',
  total: 'Gesamtbetrag',
  taxAt: (rate, net, tax, currency) => `${rate} USt. auf ${net} ${currency}: ${tax} ${currency}`,
  page: (page, pages) => `Seite ${page} von ${pages}`,
}
