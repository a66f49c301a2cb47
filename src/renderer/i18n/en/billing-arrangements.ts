/** Words of how the invoices of a customer are made. */
export const billingArrangements = {
  title: 'How invoices are made',
  change: 'Change the minimum…',
  minimum: 'Minimum invoice of a month',
  of: { customer: 'of this customer', workspace: 'of the workspace' },
  none: 'None',
  noneHere: 'None for this customer',
  dialogTitle: 'Minimum invoice',
  amount: 'The least that a month comes to, in {{currency}} before tax',
  amountHint:
    'Empty: what the workspace says. 0: none. A contract’s own comes first. Counts from the next draft on.',
  badAmount: 'An amount of the currency, not below nothing.',
  save: 'Save',
  saved: 'The minimum counts from the next draft on.',
} as const
