/** Words of electronic invoices. */
export const billingEInvoices = {
  title: 'Electronic invoice',
  formatName: 'Format of the electronic invoice',
  format: {
    none: 'None',
    ubl: 'UBL (Peppol)',
    cii: 'CII',
    'factur-x': 'Factur-X / ZUGFeRD',
  },
  goesWith: 'Electronic invoice that goes out with invoices',
  usual: 'As the workspace says',
  usualFormat: 'As the workspace says: {{format}}',
  saved: 'Electronic invoice of this customer saved.',
  language: 'Language of documents and messages',
  languageSaved: 'Language of this customer saved.',
  goes: '{{format}} goes out with it.',
  went: '{{format}} went out with it.',
  goesWithout: 'No electronic invoice goes out with it.',
  wentWithout: 'No electronic invoice went out with it.',
  lacking: '{{format}} is wanted, and cannot be made yet.',
  save: 'Save',
  missing: 'For {{format}} this is missing:',
  problem: {
    'not-issued': 'It is not issued yet.',
    'seller-country': 'Your country: enter your VAT number, which says it, in Settings → Billing.',
    'seller-tax-id': 'Your VAT or tax number: enter it in Settings → Billing.',
    'seller-email': 'Your e-mail address on documents: enter it in Settings → Billing.',
    'buyer-country': 'The customer’s country: enter it on the customer’s page.',
    'buyer-email': 'The customer’s e-mail address: enter it on the customer’s page.',
    'buyer-vat-id':
      'The customer’s VAT number, because the customer owes the tax: enter it on the customer’s page.',
    'currency-places':
      'The standard knows amounts of two decimal places at most, and this currency has three.',
    'tax-rounding':
      'Tax is rounded on each line here, and on so many small lines it is a whole unit away from the tax of their sum, which the standard does not allow.',
    'mixed-outside': 'Lines outside the scope of tax stand beside others, which the standard does not allow.',
  },
} as const

/** What the errors of electronic invoices mean. */
export const eInvoiceErrors = {
  BILLING_E_INVOICE_INCOMPLETE:
    'This electronic invoice cannot be made: something is missing. The document tab of the invoice says what.',
} as const
