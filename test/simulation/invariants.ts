import { syncedTables } from '#core/database/capture.ts'
import { quote } from '#core/database/ddl.ts'
import { parameter } from '#core/database/row-key.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import { readInOrder, rewindRows } from '#core/database/sync-rows.ts'
import type { Scope, Table } from '#core/database/table.ts'
import { readText, verifyCommand } from '#core/identity/command-signature.ts'
import { BEGINNING, checkEntries } from '#core/log/verify.ts'
import { replayPending, restoreFacts } from '#core/sync/settle.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { WORKSPACE } from '#test/kit/core-kit.ts'
import type { DeskMachine, Given, Server } from './machines.ts'
import { walletOf } from './wallet.ts'

/** Rows by table. */
export type Dump = Record<string, string[]>

/** A law was broken: what the life was for. */
export class Broken extends Error {}

/**
 * Rows by table, as both of two machines know them: of the tables and columns that both have, in these groups.
 */
async function dump(reader: Reader, one: Tables, other: Tables, scopes: readonly Scope[]): Promise<Dump> {
  const found: Dump = {}
  const filled = await filledOf(
    reader,
    syncedTables(one).filter(([name, table]) => name in other && scopes.includes(table.scope)),
  )
  for (const [name, table] of filled) {
    const there = other[name]!
    const rows = await readInOrder(reader, name, table, null, 100_000)
    const columns = Object.keys(table.columns).filter(column => column in there.columns)
    found[name] = rows.map(row => canonicalJson(Object.fromEntries(columns.map(key => [key, row[key]]))))
  }
  const { name } = await reader.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow()
  return { ...found, workspace: [name] }
}

/** Those that have a row: most have none, and one statement says so of all. */
async function filledOf(reader: Reader, tables: readonly [string, Table][]): Promise<[string, Table][]> {
  if (tables.length === 0) return []
  const asked = tables.map(
    ([name], n) =>
      `SELECT '${name}' AS name WHERE EXISTS
        (SELECT 1 FROM ${quote(name)} WHERE workspace = ${parameter(reader.kind, n + 1)})`,
  )
  const rows = await reader.raw<{ name: string }>(
    asked.join(' UNION ALL '),
    tables.map(() => reader.workspace),
  )
  const names = new Set(rows.map(row => row.name))
  return tables.filter(([name]) => names.has(name))
}

type Tables = Record<string, Table>

export const dumpOf = (store: Store, one: Tables, other: Tables, scopes: readonly Scope[]) =>
  store.read(WORKSPACE, reader => dump(reader, one, other, scopes))

/** What the tables are after some work, which is rolled back. */
async function looked(
  desk: DeskMachine,
  other: Tables,
  scopes: readonly Scope[],
  work: (tx: Tx) => Promise<void>,
) {
  const { tables } = desk.release
  let found: Dump = {}
  const only = new Error('only to look')
  const outcome = await desk.store
    .write(WORKSPACE, 'person', async tx => {
      await work(tx)
      found = await dump(tx as unknown as Reader, tables, other, scopes)
      throw only
    })
    .catch(error => error)
  if (outcome !== only) throw outcome
  return found
}

async function rewound(tx: Tx, tables: Tables): Promise<void> {
  await tx.db.updateTable('sync_state').set({ capture: 'off' }).execute()
  await rewindRows(tx, tables)
  await restoreFacts(tx)
}

/** Replaying once more what is pending changes nothing, and without it the desk shows what the server had. */
export async function checkDesk(server: Server, desk: DeskMachine, scopes: readonly Scope[]): Promise<void> {
  const { tables } = desk.release
  const shown = await dumpOf(desk.store, tables, tables, scopes)
  const again = await looked(desk, tables, scopes, async tx => {
    await rewound(tx, tables)
    await replayPending(tx, desk.runner.replay)
  })
  same(again, shown, `${desk.name}, rewound and replayed once more`)
  const version = await versionOf(server.store)
  const { cursor, scopes: held } = await desk.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('sync_state').select(['cursor', 'scopes']).executeTakeFirstOrThrow(),
  )
  // A restored server may be at the same version by another way.
  const head = await server.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('command_log').select('hash').orderBy('version', 'desc').limit(1).executeTakeFirst(),
  )
  if (head && !held.includes(head.hash)) return
  if (cursor !== version) return
  const there = await dumpOf(server.store, server.release.tables, tables, scopes)
  const without = await looked(desk, server.release.tables, scopes, tx => rewound(tx, tables))
  same(without, there, `${desk.name}, rewound at version ${version}`)
}

export async function versionOf(store: Store): Promise<bigint> {
  const { version } = await store.read(WORKSPACE, reader =>
    reader.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow(),
  )
  return version
}

interface Quiet {
  readonly server: Server
  readonly desks: readonly DeskMachine[]
  /** The groups of tables of a desk, by what the server says now. */
  readonly scopes: (desk: DeskMachine) => Promise<readonly Scope[]>
  /** Commands that a restored server does not know any more, and that no desk had left. */
  readonly lost: ReadonlySet<string>
}

/** Once everything is quiet: every desk equals the server, and every command is where it belongs. */
export async function checkQuiet({ server, desks, scopes, lost }: Quiet): Promise<void> {
  const log = await server.store.read(WORKSPACE, reader =>
    reader.db.selectFrom('command_log').selectAll().orderBy('version').execute(),
  )
  const { problem } = checkEntries(WORKSPACE, BEGINNING, log)
  if (problem) throw new Broken(`the log is ${problem.kind} at ${problem.version}`)
  const entries = new Map(log.map(entry => [entry.id, entry]))
  for (const desk of desks) {
    const own = new Set(desk.given.map(one => one.id))
    const strange = log.find(entry => entry.device === desk.name && !own.has(entry.id))
    if (strange) throw new Broken(`nobody at ${desk.name} gave ${strange.command} ${strange.id}`)
  }
  await checkMoney(server, entries)
  for (const desk of desks) {
    const outbox = await desk.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('outbox').selectAll().orderBy('number').execute(),
    )
    if (!desk.revoked) {
      const groups = await scopes(desk)
      await checkDesk(server, desk, groups)
      const there = await dumpOf(server.store, server.release.tables, desk.release.tables, groups)
      same(await dumpOf(desk.store, desk.release.tables, server.release.tables, groups), there, desk.name)
      await checkNothingElse(desk, groups)
      const left = outbox.find(row => row.state !== 'review')
      if (left) throw new Broken(`${desk.name} still has ${left.command} ${left.id} to push`)
    }
    const unanswered = outbox.find(row => row.state !== 'review' && row.answered_version === null)
    if (unanswered) throw new Broken(`${desk.name} was never told of ${unanswered.id}`)
    const review = new Map(outbox.filter(row => row.state === 'review').map(row => [row.id, row]))
    for (const one of desk.given) {
      const entry = entries.get(one.id)
      if (lost.has(one.id)) continue
      checkCommand(desk, one, entry, review.get(one.id))
      if (entry?.outcome === 'done') await checkSignature(server, desk, one)
    }
  }
}

/** A command of a desk is in the log once, or in front of a person. */
export function checkCommand(
  desk: Pick<DeskMachine, 'name'>,
  one: Given,
  entry: { outcome: string; input: string; command: string } | undefined,
  review: { refusal: string | null } | undefined,
): void {
  const who = `${one.command} ${one.id} of ${desk.name}`
  if (one.outcome === 'refused') {
    if (!entry) return
    // Who asks again after a crash may be told what the server refused meanwhile, and nothing else.
    if (entry.outcome !== 'refused') throw new Broken(`${who} was refused here and reached the server`)
  }
  if (!entry) {
    // It stopped before it stored anything, and the person knows nothing else.
    if (one.outcome === 'unknown' && !review) return
    throw new Broken(`${who} is lost (${one.outcome}, ${review ? 'in review' : 'nowhere'})`)
  }
  if ((entry.outcome === 'refused') !== Boolean(review))
    throw new Broken(`${who} was ${entry.outcome}, and its desk says ${review ? review.refusal : 'nothing'}`)
  if (entry.command !== one.command) throw new Broken(`${who} became ${entry.command}`)
}

/** What was signed is kept as it came, and says what the person gave. */
async function checkSignature(server: Server, desk: DeskMachine, one: Given): Promise<void> {
  const kept = await server.store.read(WORKSPACE, reader =>
    reader.db
      .selectFrom('command_signatures')
      .selectAll()
      .where('command_id', '=', one.id)
      .executeTakeFirst(),
  )
  if (!kept) throw new Broken(`the signature of ${one.id} is not kept`)
  const { key } = desk.facts()
  const said = readText(kept.text)
  if (!key || !said) throw new Broken(`what was signed of ${one.id} cannot be read`)
  const { commandId: id, command, version, actor, device, assurance, at } = said
  const problem = await verifyCommand(
    key,
    WORKSPACE,
    { id, command, commandVersion: version, actor, device, assurance, at, input: one.input },
    { keyId: kept.key_id, text: kept.text, signature: kept.signature },
  )
  if (problem || id !== one.id)
    throw new Broken(`the signature of ${one.id}: ${problem ?? 'of another command'}`)
}

/** The wallet adds up, nobody overdrew it, and the numbers of invoices have no gap. */
export async function checkMoney(
  server: Pick<Server, 'store'>,
  entries: ReadonlyMap<string, { command: string; outcome: string }>,
): Promise<void> {
  await server.store.read(WORKSPACE, async reader => {
    const { balance, ledger, entries: count } = await walletOf(reader as never)
    if (balance !== ledger || balance < 0n)
      throw new Broken(`the wallet holds ${balance}, its ledger ${ledger}`)
    const moves = [...entries.values()].filter(
      one => one.command.startsWith('simulation.wallet.') && one.outcome === 'done',
    )
    if (moves.length !== count)
      throw new Broken(`${moves.length} moves were done, and the ledger has ${count}`)
    const invoices = await reader.db.selectFrom('invoices').select(['number', 'state']).execute()
    const numbers = invoices.flatMap(one => one.number ?? []).sort()
    const expected = numbers.map((_, n) => `INV-2026-${String(n + 1).padStart(5, '0')}`)
    if (numbers.join() !== expected.join()) throw new Broken(`invoices are numbered ${numbers.join()}`)
  })
}

/** A desk has no row of a group that its people may not have. */
async function checkNothingElse(desk: DeskMachine, scopes: readonly Scope[]): Promise<void> {
  const others = (['everyone', 'finance', 'operations'] as const).filter(scope => !scopes.includes(scope))
  const { workspace: _, ...rows } = await dumpOf(desk.store, desk.release.tables, desk.release.tables, others)
  const table = Object.keys(rows)[0]
  if (table !== undefined) throw new Broken(`${desk.name} has rows of ${table}, which is not for its people`)
}

export function same(found: Dump, expected: Dump, who: string): void {
  for (const name of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    const [a, b] = [found[name] ?? [], expected[name] ?? []]
    const more = a.filter(row => !b.includes(row))
    const less = b.filter(row => !a.includes(row))
    if (more.length > 0 || less.length > 0)
      throw new Broken(`${who} differs in ${name}:\n+ ${more.join('\n+ ')}\n- ${less.join('\n- ')}`)
  }
}
