import type { HostServices } from '#core/features.ts'
import { invoiceBalance } from '../balance/use-balance.ts'
import { issueInvoice } from './issue.ts'
import { invoicePeriods, invoiceSummary, listInvoices } from './list-invoices.ts'
import {
  approveInvoice,
  assignInvoice,
  holdInvoice,
  releaseInvoice,
  sendBackInvoice,
  unapproveInvoice,
} from './review.ts'
import { explainLine, invoiceBridge, showInvoice } from './show-invoice.ts'

/** The review and the issue of invoices; their documents are handled where they are made. */
export function invoiceHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    list: listInvoices,
    summary: invoiceSummary,
    periods: invoicePeriods,
    get: showInvoice,
    explain: explainLine,
    bridge: invoiceBridge,
    balance: invoiceBalance(environment),
    approve: approveInvoice,
    unapprove: unapproveInvoice,
    hold: holdInvoice,
    release: releaseInvoice,
    sendBack: sendBackInvoice,
    assign: assignInvoice,
    issue: issueInvoice(environment),
  }
}
