import { access, accessErrors } from './en/access.ts'
import { approvalErrors, approvalWords } from './en/approvals.ts'
import { billing, billingErrors } from './en/billing.ts'
import { billingArrangements } from './en/billing-arrangements.ts'
import { billingChurn } from './en/billing-churn.ts'
import { billingClose } from './en/billing-close.ts'
import { billingContracts, contractErrors } from './en/billing-contracts.ts'
import { correctionErrors, correctionWords } from './en/billing-corrections.ts'
import { billingCoupons, couponErrors } from './en/billing-coupons.ts'
import { billingDunning, dunningErrors } from './en/billing-dunning.ts'
import { billingEInvoices, eInvoiceErrors } from './en/billing-e-invoices.ts'
import { billingEntities, entityErrors } from './en/billing-entities.ts'
import { billingExchange, exchangeErrors } from './en/billing-exchange.ts'
import { billingJournal, journalErrors } from './en/billing-journal.ts'
import { billingMetrics } from './en/billing-metrics.ts'
import { billingMonthEnd, monthEndErrors } from './en/billing-month-end.ts'
import { billingOneOffs, oneOffErrors } from './en/billing-one-offs.ts'
import { billingBank, billingPayments, paymentErrors } from './en/billing-payments.ts'
import { billingPricing } from './en/billing-pricing.ts'
import { billingQuotas } from './en/billing-quotas.ts'
import { billingRefunds, refundErrors } from './en/billing-refunds.ts'
import { billingReview } from './en/billing-review.ts'
import { billingSepa, sepaErrors } from './en/billing-sepa.ts'
import { billingLife } from './en/billing-subscriptions.ts'
import { billingTax, taxErrors } from './en/billing-tax.ts'
import { billingUsage } from './en/billing-usage.ts'
import { billingWallets, walletErrors } from './en/billing-wallets.ts'
import { bulkWords } from './en/bulk.ts'
import { errors } from './en/errors.ts'
import { finops, finopsErrors } from './en/finops.ts'
import { mailWords, notificationErrors, notificationWords } from './en/notifications.ts'
import { scheduleErrors, scheduleWords } from './en/schedules.ts'
import { shell } from './en/shell.ts'
import { compareWords, connectionWords, syncErrors } from './en/sync.ts'
import { ui } from './en/ui.ts'
import { workspace, workspaceErrors } from './en/workspace.ts'

/** The English catalogue. Each feature keeps its words in its own file of `en/`. */
export const en = {
  shell,
  ui,
  access,
  workspace: {
    ...workspace,
    connection: connectionWords,
    compare: compareWords,
    schedules: scheduleWords,
    approvals: approvalWords,
    notifications: notificationWords,
  },
  billing: {
    ...billing,
    mail: mailWords,
    review: billingReview,
    corrections: correctionWords,
    close: billingClose,
    monthEnd: billingMonthEnd,
    oneOffs: billingOneOffs,
    wallets: billingWallets,
    churn: billingChurn,
    life: billingLife,
    usage: billingUsage,
    pricing: billingPricing,
    arrangement: billingArrangements,
    coupons: billingCoupons,
    contracts: billingContracts,
    tax: billingTax,
    entities: billingEntities,
    exchange: billingExchange,
    quotas: billingQuotas,
    metrics: billingMetrics,
    bank: billingBank,
    payments: billingPayments,
    refunds: billingRefunds,
    sepa: billingSepa,
    dunning: billingDunning,
    eInvoice: billingEInvoices,
    journal: billingJournal,
  },
  finops,
  bulk: bulkWords,
  errors: {
    ...errors,
    ...billingErrors,
    ...correctionErrors,
    ...couponErrors,
    ...contractErrors,
    ...taxErrors,
    ...entityErrors,
    ...exchangeErrors,
    ...paymentErrors,
    ...refundErrors,
    ...sepaErrors,
    ...dunningErrors,
    ...eInvoiceErrors,
    ...journalErrors,
    ...monthEndErrors,
    ...oneOffErrors,
    ...walletErrors,
    ...workspaceErrors,
    ...accessErrors,
    ...syncErrors,
    ...scheduleErrors,
    ...approvalErrors,
    ...notificationErrors,
    ...finopsErrors,
  },
} as const

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }

/** What a catalogue of another language must hold. */
export type Catalogue = Words<typeof en>
