/**
 * A value as the JSON that programs get: an int64 is a string of decimal digits, because JSON's readers lose
 * what is larger than 2^53; bytes are base64. What is undefined is left out.
 * @param sorted members in order of their names: a command's answer is then the same to the byte each time
 */
export function jsonText(value: unknown, sorted = false): string {
  return written(value, sorted) ?? 'null'
}

function written(value: unknown, sorted: boolean): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return `"${value}"`
    case 'object':
      return value === null ? 'null' : container(value, sorted)
    default:
      return JSON.stringify(value)
  }
}

function container(value: object, sorted: boolean): string {
  if (Array.isArray(value)) return `[${value.map(item => written(item, sorted) ?? 'null').join(',')}]`
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  let text = ''
  const keys = Object.keys(value)
  for (const key of sorted ? keys.sort() : keys) {
    const member = written((value as Record<string, unknown>)[key], sorted)
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${member}`
  }
  return `{${text}}`
}
