/** The order of lists that have one row for each currency. */
export function byCurrency(a: { readonly currency: string }, b: { readonly currency: string }): number {
  return a.currency < b.currency ? -1 : 1
}
