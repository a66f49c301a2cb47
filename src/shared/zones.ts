/** True for the name of an IANA time zone that this runtime knows, in any case. */
export function isZone(name: string): boolean {
  // Offsets such as `+02:00` are accepted by the runtime, but they are not zones: they have no summer time.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
