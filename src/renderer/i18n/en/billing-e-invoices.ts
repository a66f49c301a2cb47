/** Words of electronic invoices. */
export const billingEInvoices = {
  title: 'Electronic invoice',
  formatName: 'Format of the electronic invoice',
  format: {
    none: 'None',
    ubl: 'UBL (Peppol)',
    cii: 'CII',
    'factur-x': 'Factur-X / ZUGFeRD',
    'xrechnung-ubl': 'XRechnung (UBL)',
    'xrechnung-cii': 'XRechnung (CII)',
  },
  goesWith: 'Electronic invoice that goes out with invoices',
  usual: 'As the workspace says',
  usualFormat: 'As the workspace says: {{format}}',
  buyerReference: 'Buyer reference on electronic invoices',
  buyerReferenceHint:
    'What the customer wants named. Of a German authority its Leitweg-ID, such as 04011000-12345-03.',
  buyerReferenceSaved: 'Buyer reference of this customer saved.',
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
    'buyer-reference':
      'The customer’s buyer reference (of an authority its Leitweg-ID): enter it on the customer’s page.',
    'seller-contact': 'Whom to ask about invoices: enter a person or department in Settings → Billing.',
    'seller-phone': 'Your telephone number: enter it in Settings → Billing.',
    'seller-town': 'Your post code and town, as a line of your address such as “10115 Berlin”.',
    'buyer-town': 'The customer’s post code and town, as a line of its address such as “10115 Berlin”.',
    'pay-to': 'Where it is paid to: a bank account of its currency with an IBAN.',
  },
} as const

/** What the errors of electronic invoices mean. */
export const eInvoiceErrors = {
  BILLING_E_INVOICE_INCOMPLETE:
    'This electronic invoice cannot be made: something is missing. The document tab of the invoice says what.',
  BILLING_LEITWEG_ID: '{{reference}} looks like a Leitweg-ID, and its check digits are wrong.',
  BILLING_TAX_RATE_MISSING:
    'The document has to say its tax in {{to}}, and there is no rate of {{currency}} of {{day}}. Enter or fetch it on the page of exchange rates.',
} as const
