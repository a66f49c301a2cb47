/** Whether what is in a customer's favour is used for its invoices. */
export const USE_BALANCE = ['usual', 'yes', 'no'] as const
export type UseBalance = (typeof USE_BALANCE)[number]

/** As it is chosen; nothing said is as usual. */
export function useBalanceOf(stored: boolean | null | undefined): UseBalance {
  if (stored == null) return 'usual'
  return stored ? 'yes' : 'no'
}
