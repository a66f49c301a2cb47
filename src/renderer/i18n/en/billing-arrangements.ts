/** Words of how the invoices of a customer are made. */
export const billingArrangements = {
  title: 'How invoices are made',
  change: 'Change how invoices are made…',
  invoices: 'Invoices of a month',
  grouping: {
    together: 'One for all subscriptions',
    'by-subscription': 'One for each subscription',
  },
  invoicesHint:
    'Drafts that are there are made anew; what is approved or issued stays. What is for no single subscription has an invoice of its own.',
  minimum: 'Minimum invoice of a month',
  of: { customer: 'of this customer', workspace: 'of the workspace' },
  none: 'None',
  noneHere: 'None for this customer',
  changed: 'Last changed',
  bySelf: 'Quarterdeck',
  dialogTitle: 'How invoices are made',
  amount: 'The least that a month comes to, in {{currency}} before tax',
  amountHint:
    'Empty: what the workspace says. 0: none. Over all invoices of the month; a contract’s own comes first. Counts from the next draft on.',
  badAmount: 'An amount of the currency, not below nothing.',
  save: 'Save',
  saved: 'How invoices are made was changed.',
} as const
