/** How large the writes of an import may be, and how long each should take. */
export interface WriteBounds {
  readonly least: number
  readonly most: number
  /** Milliseconds: after a shorter write the next is larger, after a longer one it is smaller. */
  readonly short: number
  readonly long: number
  /** What a write that took too long shrinks to: a fraction. */
  readonly shrink: number
}

/** The size of the next write, by how many milliseconds the last one took. */
export function nextSize(
  { least, most, short, long, shrink }: WriteBounds,
  size: number,
  took: number,
): number {
  if (took > long) return Math.max(least, Math.round(size * shrink))
  return took < short ? Math.min(most, Math.round(size * 1.2)) : size
}
