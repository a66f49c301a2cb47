import { InvoiceState } from '#shared/contract/billing/invoices.ts'

export const TABS = ['lines', 'bridge', 'document', 'history'] as const
export type Tab = (typeof TABS)[number]

/** What the review shows besides its month and what is searched for. It is the page's address. */
export interface ReviewState {
  readonly states: readonly InvoiceState[]
  readonly doubts: 'doubtful' | 'clean' | null
  /** A person's id, or `me`: whoever opens the address. */
  readonly assignee: string | null
  readonly customerId: string | null
  /** The invoice in the pane; null where it is closed. */
  readonly invoiceId: string | null
  readonly tab: Tab
}

/** Reads an address. What it does not understand is left out: an old or mistyped address still opens. */
export function fromAddress(params: URLSearchParams): ReviewState {
  const states = (params.get('state') ?? '')
    .split(',')
    .flatMap(text => InvoiceState.options.find(state => state === text) ?? [])
  const doubts = params.get('doubts')
  return {
    states,
    doubts: doubts === 'doubtful' || doubts === 'clean' ? doubts : null,
    assignee: params.get('assignee') || null,
    customerId: params.get('customer') || null,
    invoiceId: params.get('invoice') || null,
    tab: TABS.find(tab => tab === params.get('tab')) ?? 'lines',
  }
}

/** The address with another state; what it says besides (the month, the search) stays. */
export function toAddress(state: ReviewState, params: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(params)
  const put = (name: string, value: string | null) => {
    if (value === null || value === '') next.delete(name)
    else next.set(name, value)
  }
  put('state', state.states.join(','))
  put('doubts', state.doubts)
  put('assignee', state.assignee)
  put('customer', state.customerId)
  put('invoice', state.invoiceId)
  put('tab', state.tab === 'lines' || state.invoiceId === null ? null : state.tab)
  return next
}
