import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { refuse } from '#shared/errors.ts'
import { minorOf } from './minor-of.ts'
import type { ReadLine, ReadStatement } from './statement.ts'

type Node = string | { readonly [name: string]: Node | readonly Node[] | undefined }

/**
 * Reads bank statements of ISO 20022, camt.053 of any version. Amounts and dates are kept as they are written. What
 * is only announced is left out and counted. An entry that holds several transfers becomes a line for each, where
 * their amounts add up to the entry's; else it stays one line.
 * @throws Refusal `BILLING_BANK_FILE_UNREADABLE`
 */
export function readCamt(text: string): readonly ReadStatement[] {
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw unreadable('not-xml', valid.err.line)
  // Entities beyond the five of XML are not expanded: a file from outside may define one as a bomb.
  const parser = new XMLParser({
    ...{ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, trimValues: true },
    ...{ parseTagValue: false, parseAttributeValue: false, processEntities: true, htmlEntities: false },
  })
  const root = parser.parse(text) as Node
  const report = at(root, 'Document', 'BkToCstmrStmt')
  if (report === undefined) throw unreadable('not-a-statement', null)
  const statements = all(report, 'Stmt').map(readStatement)
  if (statements.length === 0) throw unreadable('no-lines', null)
  return statements
}

function readStatement(statement: Node): ReadStatement {
  const lines: ReadLine[] = []
  let pending = 0
  for (const entry of all(statement, 'Ntry')) {
    const status = word(at(entry, 'Sts', 'Cd')) || word(at(entry, 'Sts'))
    if (status === 'BOOK' || status === '') lines.push(...linesOf(entry))
    else pending++
  }
  const opening = balance(statement, ['OPBD', 'PRCD'])
  const closing = balance(statement, ['CLBD'])
  const account = at(statement, 'Acct', 'Id')
  return {
    format: 'camt.053',
    account: word(at(account, 'IBAN')) || word(at(account, 'Othr', 'Id')),
    currency: word(at(statement, 'Acct', 'Ccy')) || opening?.currency || lines[0]?.currency || '',
    statement: word(at(statement, 'Id')).slice(0, 200),
    opening: opening?.amount ?? null,
    closing: closing?.amount ?? null,
    pending,
    lines,
  }
}

function linesOf(entry: Node): ReadLine[] {
  const whole = amountOf(entry)
  const details = all(entry, 'NtryDtls').flatMap(group => all(group, 'TxDtls'))
  const bookedOn = dateOf(at(entry, 'BookgDt'))
  const valueOn = dateOf(at(entry, 'ValDt')) || bookedOn
  const common = {
    bookedOn: bookedOn || valueOn,
    valueOn,
    bank: word(at(entry, 'AcctSvcrRef')) || word(at(entry, 'NtryRef')),
  }
  if (common.bookedOn === '') throw unreadable('no-date', null)
  if (details.length > 1) {
    const parts = details.map(detail => partOf(detail, whole))
    const sum = parts.reduce<bigint | null>(
      (total, part) => (total === null || part === null ? null : total + part.amount),
      0n,
    )
    if (sum === whole.amount)
      return details.map((detail, index) => ({
        ...common,
        ...parts[index]!,
        ...aboutOf(detail, entry, parts[index]!.amount),
      }))
  }
  // Several transfers without amounts of their own are one line, whose text names all of them.
  const [first] = details
  const about = aboutOf(first ?? entry, entry, whole.amount)
  const texts = details.slice(1).map(detail => aboutOf(detail, entry, whole.amount).text)
  const text = [about.text, ...texts].filter(one => one !== '').join(' · ')
  return [{ ...common, ...whole, ...about, text: text.slice(0, 2000) }]
}

interface Amount {
  readonly amount: bigint
  readonly currency: string
}

/** The signed amount of an entry: what left the account is negative, and a reversal is the other way round. */
function amountOf(entry: Node): Amount {
  const amount = plainAmount(at(entry, 'Amt'))
  if (amount === null) throw unreadable('no-amount', null)
  return word(at(entry, 'CdtDbtInd')) === 'DBIT' ? { ...amount, amount: -amount.amount } : amount
}

function partOf(detail: Node, whole: Amount): Amount | null {
  const amount = plainAmount(at(detail, 'Amt')) ?? plainAmount(at(detail, 'AmtDtls', 'TxAmt', 'Amt'))
  if (amount === null || amount.currency !== whole.currency) return null
  const direction = word(at(detail, 'CdtDbtInd'))
  const out = direction === '' ? whole.amount < 0n : direction === 'DBIT'
  return out ? { ...amount, amount: -amount.amount } : amount
}

function plainAmount(node: Node | undefined): Amount | null {
  if (node === undefined) return null
  const currency = word(at(node, '@Ccy'))
  const text = typeof node === 'string' ? node : word(at(node, '#text'))
  const amount = minorOf(text, currency)
  if (amount === null) throw unreadable('bad-amount', null)
  return { amount, currency }
}

/** Who is at the other end, and what was written. */
function aboutOf(detail: Node, entry: Node, amount: bigint) {
  // Of what came in, the other end is the debtor; of what left, the creditor. A return names them as they were.
  const other = amount < 0n ? 'Cdtr' : 'Dbtr'
  const parties = at(detail, 'RltdPties')
  const name = word(at(parties, other, 'Nm')) || word(at(parties, other, 'Pty', 'Nm'))
  const iban =
    word(at(parties, `${other}Acct`, 'Id', 'IBAN')) || word(at(parties, `${other}Acct`, 'Id', 'Othr', 'Id'))
  const free = all(at(detail, 'RmtInf'), 'Ustrd').map(word)
  const structured = all(at(detail, 'RmtInf'), 'Strd').map(one => word(at(one, 'CdtrRefInf', 'Ref')))
  const text = [...free, ...structured].filter(one => one !== '').join(' ')
  const endToEnd = word(at(detail, 'Refs', 'EndToEndId'))
  return {
    name: name.slice(0, 500),
    iban: iban.slice(0, 50),
    text: (text || word(at(entry, 'AddtlNtryInf'))).slice(0, 2000),
    reference: (endToEnd === 'NOTPROVIDED' ? '' : endToEnd).slice(0, 200),
    returnCode: word(at(detail, 'RtrInf', 'Rsn', 'Cd')).slice(0, 20),
  }
}

function balance(statement: Node, kinds: readonly string[]): Amount | null {
  const found = all(statement, 'Bal').find(one => kinds.includes(word(at(one, 'Tp', 'CdOrPrtry', 'Cd'))))
  return found === undefined ? null : amountOf(found)
}

function dateOf(node: Node | undefined): string {
  const date = (word(at(node, 'Dt')) || word(at(node, 'DtTm'))).slice(0, 10)
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : ''
}

/** A member of a member…; of several of one name the first. */
function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let here = node
  for (const name of path) {
    if (here === undefined || typeof here === 'string') return undefined
    const next: Node | readonly Node[] | undefined = here[name]
    here = Array.isArray(next) ? (next[0] as Node) : (next as Node | undefined)
  }
  return here
}

/** All members of a name, none, one or several. */
function all(node: Node | undefined, name: string): readonly Node[] {
  if (node === undefined || typeof node === 'string') return []
  const found = node[name]
  return found === undefined ? [] : Array.isArray(found) ? (found as readonly Node[]) : [found as Node]
}

function word(node: Node | undefined): string {
  if (typeof node === 'string') return node.trim()
  return node === undefined ? '' : word(node['#text'] as Node | undefined)
}

function unreadable(reason: string, line: number | null) {
  return refuse('BILLING_BANK_FILE_UNREADABLE', { reason, line })
}
