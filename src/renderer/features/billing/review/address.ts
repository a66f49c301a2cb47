import { InvoiceState } from '#shared/contract/billing/invoices.ts'

export const TABS = ['lines', 'bridge', 'document', 'history', 'corrections'] as const
export type Tab = (typeof TABS)[number]

/** Nothing narrows the list of the month. */
export const NO_FILTER = {
  states: [],
  doubts: null,
  assignee: null,
  customerId: null,
  plans: [],
  currencies: [],
} as const satisfies Partial<ReviewState>

/** What the review shows besides its month and what is searched for. It is the page's address. */
export interface ReviewState {
  readonly states: readonly InvoiceState[]
  readonly doubts: 'doubtful' | 'clean' | null
  /** A person's id, or `me`: whoever opens the address. */
  readonly assignee: string | null
  readonly customerId: string | null
  /** Names of plans, as invoices have them. */
  readonly plans: readonly string[]
  readonly currencies: readonly string[]
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
  // Names may hold commas, so each of them is a parameter of its own.
  const named = (name: string) => [...new Set(params.getAll(name).filter(text => text !== ''))]
  return {
    states,
    doubts: doubts === 'doubtful' || doubts === 'clean' ? doubts : null,
    assignee: params.get('assignee') || null,
    customerId: params.get('customer') || null,
    plans: named('plan'),
    currencies: named('currency').filter(code => /^[A-Z]{3}$/.test(code)),
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
  const putAll = (name: string, values: readonly string[]) => {
    next.delete(name)
    for (const value of values) next.append(name, value)
  }
  put('state', state.states.join(','))
  put('doubts', state.doubts)
  put('assignee', state.assignee)
  put('customer', state.customerId)
  putAll('plan', state.plans)
  putAll('currency', state.currencies)
  put('invoice', state.invoiceId)
  put('tab', state.tab === 'lines' || state.invoiceId === null ? null : state.tab)
  return next
}
