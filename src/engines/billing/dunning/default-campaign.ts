import type { DunningTerms } from '#shared/contract/billing/dunning.ts'

/** What a new workspace begins with: it reminds, retries what may work, asks a person in the end, and ends nothing. */
export const DEFAULT_CAMPAIGN: {
  readonly name: string
  readonly rank: number
  readonly terms: DunningTerms
} = {
  name: 'Standard',
  rank: 1000,
  terms: {
    segment: { planIds: [], currencies: [], countries: [], tiers: [], amountFrom: null, amountBelow: null },
    steps: [
      { track: 'due', days: 3, message: 'reminder', retry: false, task: '' },
      { track: 'due', days: 10, message: 'urgent', retry: false, task: '' },
      { track: 'due', days: 21, message: 'final-notice', retry: false, task: 'Call the customer' },
      { track: 'failure', days: 0, message: 'payment-failed', retry: false, task: '' },
      { track: 'failure', days: 3, message: null, retry: true, task: '' },
      { track: 'failure', days: 7, message: 'payment-failed', retry: true, task: '' },
    ],
    final: { action: 'leave', days: 60 },
    minimum: '0',
    hours: { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
  },
}
