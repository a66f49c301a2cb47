/** A fraction as per cent, exact: `0.085` → `8.5`. */
export function percentOf(fraction: string): string {
  return shift(fraction, 2)
}

/** Per cent as a fraction, exact: `8.5` → `0.085`. Undefined for what is not a number from 0 to 100. */
export function fractionOf(percent: string): string | undefined {
  const text = percent.trim().replace(',', '.')
  if (!/^\d{1,3}(\.\d{1,8})?$/.test(text) || Number(text) > 100) return undefined
  return shift(text, -2)
}

/** Moves the point of a decimal that is not negative, without passing through a double. */
function shift(text: string, places: number): string {
  const [whole = '0', part = ''] = text.split('.')
  const digits = whole + part
  const point = whole.length + places
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const at = Math.max(1, point)
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const right = padded.slice(at).replace(/0+$/, '')
  return right === '' ? left : `${left}.${right}`
}
