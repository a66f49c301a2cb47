/**
 * How many things of these widths stand whole in a space, from the first on. Where not all of them do, room for
 * the sign that says how many more there are is kept. At least one is shown: it is cut where it has to be.
 */
export function fitting(
  widths: readonly number[],
  { space, gap, more }: { readonly space: number; readonly gap: number; readonly more: number },
): number {
  const upTo = (count: number) =>
    widths.slice(0, count).reduce((sum, width) => sum + width, 0) + gap * Math.max(0, count - 1)
  if (upTo(widths.length) <= space) return widths.length
  let count = widths.length - 1
  while (count > 1 && upTo(count) + gap + more > space) count--
  return Math.max(1, count)
}
