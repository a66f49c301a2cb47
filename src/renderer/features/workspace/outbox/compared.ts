import type { ComparedRow } from '#shared/contract/sync.ts'

/** One field of a row, three times. Absent where a side does not have the row. */
export interface ComparedField {
  readonly name: string
  readonly basedOn: unknown
  readonly current: unknown
  /** What the command asked for, where its input or its verb says it. */
  readonly wanted: unknown
  readonly differs: boolean
}

export interface ComparedEntity {
  readonly table: string
  readonly key: string
  /** What people call it. */
  readonly title: string
  /** The row had to be there, and is gone now, or came meanwhile. */
  readonly gone: 'here' | 'there' | null
  readonly fields: readonly ComparedField[]
  /** Fields that are the same on both sides. */
  readonly same: number
}

/** Fields that say nothing to a person: digests, and texts for machines. */
const FOR_MACHINES =
  /^(id|digest|document_|doubts$|doubt_weight|summary$|parties$|steps$|effect_id|run_id|row_json)/

/** What commands make of the state of the row that they name. */
const STATES: Readonly<Record<string, string>> = {
  'billing.invoice.approve': 'approved',
  'billing.invoice.hold': 'held',
  'billing.invoice.release': 'draft',
  'billing.invoice.sendBack': 'draft',
  'billing.invoice.issue': 'issued',
  'billing.invoice.void': 'void',
}

/** The rows that a command names, as they were here, as they are there, and as it wanted them. */
export function compareRows(
  command: string,
  input: unknown,
  basedOn: readonly ComparedRow[] | null,
  current: readonly ComparedRow[] | null,
): ComparedEntity[] {
  const keys = new Map<string, { here: ComparedRow | undefined; there: ComparedRow | undefined }>()
  for (const row of basedOn ?? []) keys.set(`${row.table}/${row.key}`, { here: row, there: undefined })
  for (const row of current ?? []) {
    const known = keys.get(`${row.table}/${row.key}`)
    if (known) known.there = row
    else keys.set(`${row.table}/${row.key}`, { here: undefined, there: row })
  }
  const asked = new Map(
    Object.entries(typeof input === 'object' && input !== null ? input : {}).map(([name, value]) => [
      columnOf(name),
      value,
    ]),
  )
  return [...keys.values()]
    .map(({ here, there }) => entityOf(command, asked, here, there, current !== null))
    .sort((a, b) => differing(b) - differing(a))
}

function entityOf(
  command: string,
  asked: ReadonlyMap<string, unknown>,
  here: ComparedRow | undefined,
  there: ComparedRow | undefined,
  wasCompared: boolean,
): ComparedEntity {
  const { table, key } = (here ?? there)!
  const [mine, theirs] = [here?.row ?? null, there?.row ?? null]
  const names = [...new Set([...Object.keys(mine ?? {}), ...Object.keys(theirs ?? {})])]
  const all = names
    .filter(name => !FOR_MACHINES.test(name))
    .map(name => {
      const wanted = name === 'state' && STATES[command] ? STATES[command] : asked.get(name)
      return {
        name,
        basedOn: mine?.[name],
        current: theirs?.[name],
        wanted,
        differs: mine !== null && theirs !== null && mine[name] !== theirs[name],
      }
    })
  const fields = all.filter(field => field.differs || field.wanted !== undefined)
  return {
    table,
    key,
    title: titleOf(mine ?? theirs) ?? key,
    gone: !wasCompared || (mine === null) === (theirs === null) ? null : mine === null ? 'here' : 'there',
    fields,
    same: all.length - fields.length,
  }
}

/** What people call a row, by the columns that name things. */
function titleOf(row: Readonly<Record<string, unknown>> | null): string | null {
  for (const name of ['title', 'name', 'number', 'file_name', 'key']) {
    const value = row?.[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

const differing = (entity: ComparedEntity) =>
  entity.fields.filter(field => field.differs).length + (entity.gone === null ? 0 : 100)

/** `dueAt` → `due_at`. */
function columnOf(member: string): string {
  return member.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
