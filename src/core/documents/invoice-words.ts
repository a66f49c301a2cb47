/** The words of an invoice, in English. What an invoice says does not depend on who looks at it. */
export const invoiceWords = {
  kind: { invoice: 'Invoice', 'credit-note': 'Credit note' },
  draft: 'Draft',
  billTo: 'Billed to',
  period: 'Period',
  issued: 'Issued',
  due: 'Due',
  purchaseOrder: 'Your order',
  corrects: 'Corrects invoice',
  reason: 'Reason',
  taxId: (id: string) => `Tax ID ${id}`,
  description: 'Description',
  quantity: 'Quantity',
  taxRate: 'Tax',
  amount: (currency: string) => `Amount ${currency}`,
  net: 'Net',
  tax: 'Tax',
  total: 'Total',
  taxAt: (rate: string, net: string, tax: string, currency: string) =>
    `Tax at ${rate}: ${tax} ${currency} on ${net} ${currency}`,
  page: (page: number, pages: number) => `page ${page} of ${pages}`,
} as const
