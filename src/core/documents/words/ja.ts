import type { DocumentWords } from './document-words.ts'

/** A number of the system of qualified invoices: T and thirteen digits. */
const REGISTERED = /^T\d{13}$/

export const ja: DocumentWords = {
  kind: { invoice: '請求書', 'credit-note': '返還請求書' },
  draft: '下書き',
  draftOf: { invoice: '請求書（下書き）', 'credit-note': '返還請求書（下書き）' },
  billTo: '請求先',
  addressee: name => `${name} 御中`,
  period: '対象期間',
  issued: '発行日',
  due: 'お支払期限',
  purchaseOrder: 'ご注文番号',
  corrects: '対象の請求書',
  reason: '事由',
  taxId: (id, vat) => `${REGISTERED.test(id) ? '登録番号' : vat ? 'VAT番号' : '納税者番号'} ${id}`,
  description: '品目',
  quantity: '数量',
  taxRate: '税率',
  amount: currency => `金額 ${currency}`,
  net: '小計',
  tax: '消費税',
  total: '合計',
  taxAt: (rate, net, tax, currency) => `${rate}対象 ${net} ${currency}、消費税 ${tax} ${currency}`,
  page: (page, pages) => `${page}/${pages}ページ`,
}
