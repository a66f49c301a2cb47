/** What a validation says of one place of an input, as zod and the standard schema have it. */
export interface InputIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** A place of an input and what is wrong there, as the contract's `WORKSPACE_BAD_INPUT` carries it. */
export interface InputFault {
  /** Members and positions, `prices.0.charge.unit`. */
  readonly path: string
  readonly message: string
}

/** Validation issues as the contract carries them: places as text, and words that people can read. */
export function inputFaults(issues: readonly InputIssue[]): InputFault[] {
  return issues.map(issue => ({
    path: (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issueWords(issue),
  }))
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ string: 'a text in quotes', number: 'a number', int: 'a whole number', bigint: 'a whole number' },
  ...{ boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', date: 'a time' },
}

const FORMATS: Readonly<Record<string, string>> = {
  ...{ datetime: 'a time with its zone, such as 2026-10-31T09:30:00Z', date: 'a day, such as 2026-10-31' },
  ...{ uuid: 'an id', guid: 'an id', email: 'an e-mail address', url: 'a web address' },
}

/** A schema's own words are for people already; those of the library are put into such. */
function issueWords({ message, ...issue }: InputIssue): string {
  const { code, expected, origin, minimum, maximum, values, keys, format } = issue as {
    readonly [member: string]: unknown
  }
  const list = (all: unknown) => (Array.isArray(all) ? all.map(String).join(', ') : '')
  const size = (limit: unknown) => {
    const one = Number(limit) === 1
    if (origin === 'string') return `${limit} ${one ? 'character' : 'characters'}`
    return origin === 'array' ? `${limit} ${one ? 'entry' : 'entries'}` : String(limit)
  }
  if (!/^(Invalid|Too |Unrecognized)/.test(message)) return message
  switch (code) {
    case 'invalid_type':
      return message.endsWith('received undefined') ? 'missing' : (KINDS[String(expected)] ?? message)
    case 'too_small':
      return `at least ${size(minimum)}`
    case 'too_big':
      return `at most ${size(maximum)}`
    case 'invalid_value':
      return `one of ${list(values)}`
    case 'unrecognized_keys':
      return `not known: ${list(keys)}`
    case 'invalid_union': {
      const told = /^Invalid discriminator value\. Expected (.*)$/.exec(message)?.[1]
      return told
        ? `one of ${told.replaceAll("'", '').split(' | ').join(', ')}`
        : 'none of what can stand here'
    }
    case 'invalid_format':
      return FORMATS[String(format)] ?? 'not of the form that stands here'
    default:
      return message
  }
}

/** Members whose name is not what people call them. Nothing: the member says nothing beyond what holds it. */
const PLACES: Readonly<Record<string, string>> = {
  ...{ price: '', charge: '', terms: '', prices: 'price', unit: 'price per unit', percent: 'per cent' },
  ...{ free: 'free units', size: 'units in a package', fixed: 'fee per event', flat: 'flat fee' },
  ...{ filters: 'price by property', discountPercent: 'discount in per cent', floorPercent: 'floor' },
  ...{ minimumPerEvent: 'least per event', maximumPerEvent: 'most per event', taxRate: 'tax rate' },
  ...{ billed: 'billed before', at: 'time', zone: 'time zone', metricId: 'metric', planId: 'plan' },
  ...{ customerId: 'customer', entitlements: 'entitlement', allocations: 'invoice' },
}

/**
 * A place of an input in words: `prices.0.charge.tiers.1.upTo` is “price 1, tier 2, up to”. Positions count from
 * one. A place that is the whole input is “input”.
 */
export function placeWords(path: string): string {
  const said: string[] = []
  for (const part of path.split('.')) {
    if (/^\d+$/.test(part)) {
      const list = said.pop() ?? 'entry'
      said.push(`${list.replace(/([^s])s$/, '$1')} ${Number(part) + 1}`)
      continue
    }
    const words = PLACES[part] ?? part.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
    if (words !== '') said.push(words)
  }
  return said.length === 0 ? 'input' : said.join(', ')
}
