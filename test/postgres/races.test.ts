import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '#core/database/migrate.ts'
import { pgTypes, poolSource } from '#core/database/postgres-sources.ts'
import { openPostgresStore, type PostgresSource } from '#core/database/postgres-store.ts'
import { type Store, type Tx, txOver } from '#core/database/store.ts'
import { readChanges } from '#core/database/sync-rows.ts'
import { capabilityOf, type Leaf } from '#core/runtime/handlers.ts'
import { hashEntry } from '#core/runtime/log-entry.ts'
import { type CommandAnswer, createRunner, type Runner } from '#core/runtime/runner.ts'
import { publishBatches } from '#core/sync/batches.ts'
import { createContentReader } from '#core/sync/content-reader.ts'
import { takeFeedVersion } from '#core/sync/feed-version.ts'
import { publishUsage } from '#core/sync/usage-batches.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { postgresAnswers, testPostgres } from '#test/kit/backend-kit.ts'
import { testClock, testIds, WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves, testCommands } from '#test/kit/sync-commands.ts'
import { fillServer } from '#test/simulation/on-postgres.ts'
import { type Templates, templates } from '#test/simulation/templates.ts'
import { wallet, walletCommands, walletOf } from '#test/simulation/wallet.ts'

/*
 * Many people at once on a PostgreSQL server, where one answers: what one session of an embedded database cannot
 * show. Each race is also run with a protocol that is wrong on purpose, which it has to catch.
 */

const available = await postgresAnswers()
const SIDE_BY_SIDE = 8
const clock = testClock()

describe.skipIf(!available)('races on a PostgreSQL server', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>
  let pool: pg.Pool
  let store: Store
  let runner: Runner
  let given: Templates

  const poolOf = (connectionString: string) =>
    new pg.Pool({ connectionString, max: 12, pipeline: true, types: pgTypes(pg.types) as never })
  const runnerOver = (over: Store) =>
    createRunner({
      ...{ store: over, workspace: WORKSPACE, now: clock.now, committed: () => {} },
      newId: testIds(clock, ++machine),
      commands: new Map([...given.commands, ...testCommands({ broken: false }), ...walletCommands()]),
    })
  let machine = 0

  const give = (by: Runner, leaf: Leaf, input: unknown, person = given.people.ada): Promise<CommandAnswer> =>
    by.run(capabilityOf(leaf).id, input, { person, device: 'race', assurance: 'unattested' })
  const atOnce = <T>(work: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, n) => work(n)))
  const done = (answers: readonly CommandAnswer[]) => answers.filter(one => one.outcome === 'done').length

  beforeAll(async () => {
    given = await templates()
    database = await testPostgres()
    pool = poolOf(database.url)
    const client = await pool.connect()
    await migrate(
      'postgres',
      async (sql, parameters) => {
        const values = parameters.map(value => (typeof value === 'bigint' ? `${value}` : value))
        const { rows, rowCount } = await client.query(sql, values)
        return { rows, affected: BigInt(rowCount ?? 0) }
      },
      0n,
    )
    client.release()
    store = openPostgresStore(poolSource(pool))
    await fillServer(store)
    runner = runnerOver(apart(store))
  }, 240_000)

  afterAll(async () => {
    await store?.close()
    await database?.drop()
  }, 60_000)

  it('an invoice is approved once, whoever of several people is first', async () => {
    const [draft] = given.drafts
    const { ada, bob, grace } = given.people
    const input = { invoiceId: draft!.id, digest: draft!.digest }
    const answers = await atOnce(n =>
      give(runner, contract.billing.invoice.approve, input, [ada, bob, grace][n % 3]),
    )
    expect(done(answers)).toBe(1)
    expect(
      answers
        .filter(one => one.outcome === 'refused')
        .every(one => (one.result as { code: string }).code === 'BILLING_INVOICE_STATE'),
    ).toBe(true)
    const history = await store.read(WORKSPACE, reader =>
      reader.db
        .selectFrom('invoice_history')
        .selectAll()
        .where('invoice_id', '=', draft!.id)
        .where('command', '=', 'billing.invoice.approve')
        .execute(),
    )
    expect(history).toHaveLength(1)
  })

  it('invoices get numbers without a gap, and none twice, from many issuers at once', async () => {
    for (const { id: invoiceId, digest } of given.drafts.slice(1))
      await give(runner, contract.billing.invoice.approve, { invoiceId, digest })
    const answers = await atOnce(async n => {
      const own: CommandAnswer[] = []
      // Each begins with another one.
      for (let i = 0; i < given.drafts.length; i++) {
        const { id: invoiceId, digest } = given.drafts[(n + i) % given.drafts.length]!
        own.push(await give(runner, contract.billing.invoice.issue, { invoiceId, digest }))
      }
      return own
    })
    expect(done(answers.flat())).toBe(given.drafts.length)
    const numbers = await store.read(WORKSPACE, reader =>
      reader.db.selectFrom('invoices').select('number').where('number', 'is not', null).execute(),
    )
    expect(numbers.map(row => row.number).sort()).toEqual(
      given.drafts.map((_, n) => `INV-2026-${String(n + 1).padStart(5, '0')}`),
    )
  })

  it('a credit note is issued once, whoever of several approvers is first, and none votes twice', async () => {
    const { ada, bob, grace } = given.people
    await store.write(WORKSPACE, 'person', async tx => {
      const roles = '["analyst","approver"]'
      await tx.db.updateTable('people').set({ roles }).where('id', 'in', [bob, grace]).execute()
    })
    const { invoice } = await store.read(WORKSPACE, async reader => ({
      invoice: await reader.db
        .selectFrom('invoices')
        .select(['id', 'total'])
        .where('state', '=', 'issued')
        .where('kind', '=', 'invoice')
        .where('total', '>', 0n)
        .orderBy('number')
        .executeTakeFirstOrThrow(),
    }))
    const wanted = { kind: 'whole' as const }
    const ask = { invoiceId: invoice.id, wanted, money: 'balance', reason: 'Wrong plan' }
    // Many ask at once for the very same: one request comes of it.
    const asked = await atOnce(() => give(runner, contract.billing.correction.credit, ask, ada))
    expect(done(asked)).toBe(1)
    const { approvalId } = asked.find(one => one.outcome === 'done')!.result as { approvalId: string }
    const { digest, nonce } = await store.read(WORKSPACE, reader =>
      reader.db
        .selectFrom('approval_requests')
        .select(['digest', 'nonce'])
        .where('id', '=', approvalId)
        .executeTakeFirstOrThrow(),
    )
    const { approve, refuse } = contract.workspace.approval
    const ballot = { approvalId, digest, nonce }
    const own = await give(runner, approve, ballot, ada)
    expect(own).toMatchObject({ outcome: 'refused', result: { code: 'WORKSPACE_APPROVAL_OWN' } })
    const votes = await atOnce(n => give(runner, approve, ballot, [bob, grace][n % 2]))
    expect(done(votes)).toBe(1)
    expect(
      votes
        .filter(one => one.outcome === 'refused')
        .map(one => (one.result as { code: string }).code)
        .every(code => code === 'WORKSPACE_APPROVAL_STATE'),
    ).toBe(true)
    expect((await give(runner, refuse, { ...ballot, reason: 'Late' }, bob)).outcome).toBe('refused')
    const { notes, cast } = await store.read(WORKSPACE, async reader => ({
      notes: await reader.db.selectFrom('credit_notes').select(['invoice_id', 'total']).execute(),
      cast: await reader.db.selectFrom('approval_votes').select('person_id').execute(),
    }))
    expect(notes).toEqual([{ invoice_id: invoice.id, total: invoice.total }])
    expect(cast).toHaveLength(1)
  })

  it('of several refunds of one payment at once no more goes back than was left of it', async () => {
    const { billing, workspace } = contract
    await give(runner, workspace.settings.set, { name: 'billing.refundLimit', value: 1_000_000 })
    const customer = await store.read(WORKSPACE, reader =>
      reader.db.selectFrom('customers').select(['id', 'currency']).orderBy('id').executeTakeFirstOrThrow(),
    )
    const recorded = await give(runner, billing.payment.record, {
      ...{ customerId: customer.id, currency: customer.currency, amount: 10_000n, allocations: [] },
    })
    const paymentId = (recorded.result as { id: string }).id
    const ask = { from: { kind: 'payment', paymentId }, amount: 3_000n, reason: 'Paid twice' }
    const answers = await atOnce(() => give(runner, billing.refund.request, ask))
    expect(done(answers)).toBe(3)
    const refused = answers.filter(one => one.outcome === 'refused')
    expect(new Set(refused.map(one => (one.result as { code: string }).code))).toEqual(
      new Set(['BILLING_REFUND_OVER_PAYMENT']),
    )
    const { refunds, payment, owed } = await store.read(WORKSPACE, async ({ db }) => ({
      refunds: await db.selectFrom('refunds').select('amount').where('payment_id', '=', paymentId).execute(),
      payment: await db
        .selectFrom('payments')
        .select('refunded')
        .where('id', '=', paymentId)
        .executeTakeFirstOrThrow(),
      owed: await db
        .selectFrom('balance_transfers')
        .select('amount')
        .where('customer_id', '=', customer.id)
        .where('credit', '=', 'refundable')
        .execute(),
    }))
    expect(refunds.map(one => one.amount)).toEqual([3_000n, 3_000n, 3_000n])
    const sum = owed.reduce((total, one) => total + one.amount, 0n)
    expect([payment.refunded, sum]).toEqual([9_000n, 9_000n])
  })

  /** A deposit of 100, and eight who want 60 of it. */
  async function overdraw(by: Runner) {
    const balance = async () => (await store.read(WORKSPACE, reader => walletOf(reader as never))).balance
    await give(runner, wallet.deposit, { amount: 100n - (await balance()) })
    const answers = await Promise.allSettled(
      Array.from({ length: SIDE_BY_SIDE }, () => give(by, wallet.hold, { amount: 60n })),
    )
    const answered = answers.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    return { held: done(answered), balance: await balance(), ...(await ledger()) }
  }
  const ledger = async () => ({
    ledger: (await store.read(WORKSPACE, reader => walletOf(reader as never))).ledger,
  })

  it('eight holds of 60 on 100: one succeeds', async () => {
    for (let again = 0; again < 5; again++)
      expect(await overdraw(runner)).toEqual({ held: 1, balance: 40n, ledger: 40n })
  })

  it('shows a counter that is taken last: the wallet is overdrawn', async () => {
    const wrong = runnerOver(counterTakenLast(store))
    let overdrawn = 0
    let tries = 0
    while (overdrawn === 0 && tries++ < 10) {
      const { held, balance, ledger: sum } = await overdraw(wrong)
      if (held !== 1 || balance !== sum) overdrawn++
      await mend()
    }
    expect(overdrawn, `in ${tries} tries`).toBe(1)
  })

  /** Takes away what the wrong protocol left in the wallet. */
  const mend = () =>
    store.write(WORKSPACE, 'person', async tx => {
      await tx.db.deleteFrom('settings').where('name', 'like', 'wallet/%').execute()
    })

  const { wallet: wallets } = contract.billing
  /** A wallet of the product with 100 in it, and eight who want to hold 60 of it. */
  async function holdAtOnce(by: Runner) {
    const input = { customerId: given.customers[0]!, name: `Race ${++machine}` }
    const made = await give(runner, wallets.create, input)
    const { id: walletId } = made.result as { id: string }
    await give(runner, wallets.grant, { walletId, amount: 100n })
    const answers = await Promise.allSettled(
      Array.from({ length: SIDE_BY_SIDE }, () => give(by, wallets.hold, { walletId, amount: 60n })),
    )
    const answered = answers.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    return { held: done(answered), ...(await ledgerOf(walletId)) }
  }

  /** What the rows of a wallet keep, and what its ledger says. */
  const ledgerOf = (walletId: string) =>
    store.read(WORKSPACE, async ({ db }) => {
      const grant = await db
        .selectFrom('wallet_grants')
        .select(['id', 'rest', 'held'])
        .where('wallet_id', '=', walletId)
        .executeTakeFirstOrThrow()
      const transfers = await db
        .selectFrom('balance_transfers')
        .select(['amount', 'debit', 'credit'])
        .execute()
      const sums = accountSums(transfers as unknown as Transfer[])
      const of = (account: 'wallet' | 'held') => -(sums.get(`${account}:${grant.id}`) ?? 0n)
      return { rest: grant.rest, held60: grant.held, ledger: [of('wallet'), of('held')] }
    })

  it('billing.wallet.hold: eight of 60 on 100, and one succeeds, also where the counter is taken last', async () => {
    for (let again = 0; again < 5; again++)
      expect(await holdAtOnce(runner)).toEqual({ held: 1, rest: 40n, held60: 60n, ledger: [40n, 60n] })
    // What a hold takes is taken of the row as it is then, and below nothing it throws: a second fence.
    const wrong = runnerOver(counterTakenLast(store))
    for (let again = 0; again < 3; again++)
      expect(await holdAtOnce(wrong)).toEqual({ held: 1, rest: 40n, held60: 60n, ledger: [40n, 60n] })
  })

  /** Writers who commit in another order than they began, and a reader who follows by what it has seen. */
  async function followed(version: (tx: Tx) => Promise<bigint>): Promise<{ written: number; seen: number }> {
    const rows = 4
    let cursor = await store.write(WORKSPACE, 'person', version)
    let writing = true
    const prefix = `followed/${++machine}/`
    const writers = atOnce(async n => {
      for (let row = 0; row < rows; row++)
        await store.write(WORKSPACE, 'person', async tx => {
          const at = await version(tx)
          await tx.raw('SELECT pg_sleep($1)', [((n + row) % 4) * 0.004])
          await tx.run(
            `INSERT INTO changes (workspace, table_name, row_key, version, deleted) VALUES ($1, 'settings', $2, $3, 0)`,
            [WORKSPACE, `${prefix}${n}/${row}`, at],
          )
        })
    }).finally(() => {
      writing = false
    })
    const seen = new Set<string>()
    const look = async () => {
      const found = await store.read(WORKSPACE, reader =>
        readChanges(reader, ['settings'], { version: cursor, table: null, row: null }, 1000),
      )
      for (const one of found) {
        if (one.row.startsWith(prefix)) seen.add(one.row)
        if (one.version > cursor) cursor = one.version
      }
    }
    while (writing) await look()
    await writers
    await look()
    return { written: rows * SIDE_BY_SIDE, seen: seen.size }
  }

  it('a follower of the feed sees what everybody wrote', async () => {
    const counter = async (tx: Tx) => {
      const { version } = await tx.db
        .updateTable('workspace_state')
        .set(eb => ({ version: eb('version', '+', 1n) }))
        .returning('version')
        .executeTakeFirstOrThrow()
      return version
    }
    const { written, seen } = await followed(counter)
    expect(seen).toBe(written)
  })

  it('shows a cursor by a sequence: rows are never seen', async () => {
    await pool.query('CREATE SEQUENCE plain_sequence START 1000000')
    const sequence = async (tx: Tx) =>
      (await tx.raw<{ n: bigint }>("SELECT nextval('plain_sequence') AS n", []))[0]!.n
    let tries = 0
    let lost = 0
    while (lost === 0 && tries++ < 10) {
      const { written, seen } = await followed(sequence)
      lost = written - seen
    }
    expect(lost, `in ${tries} tries`).toBeGreaterThan(0)
  })

  /** Three batches of costs and a day of usage that wait to be published. */
  async function unpublished(): Promise<{ sources: string[]; day: bigint }> {
    const round = ++machine
    const sources = ['a', 'b', 'c'].map(name => `race-${round}-${name}`)
    const day = BigInt(round) * 86_400_000n
    await store.write(WORKSPACE, 'job', async tx => {
      for (const id of sources)
        await tx.db
          .insertInto('cost_batches')
          .values({
            ...{ id, import_id: id, file_name: id, source: 'race', account: null, state: 'published' },
            ...{ period_from: 0n, period_to: 1n, lines: 0n, first_charge: 0n, last_charge: 0n },
            ...{
              currencies: '[]',
              columns: '[]',
              tag_keys: '[]',
              rolled: '[]',
              digest: id,
              published_at: 0n,
            },
          })
          .execute()
      await tx.db
        .insertInto('usage_days')
        .values({ day, marks: 1n, sums_published: 0n, events_published: 0n })
        .execute()
    })
    return { sources, day }
  }

  const takeBack = (source: string) =>
    store.write(WORKSPACE, 'job', async tx => {
      await takeFeedVersion(tx)
      await tx.db.updateTable('cost_batches').set({ state: 'undone' }).where('id', '=', source).execute()
    })

  const content = () => createContentReader(store, WORKSPACE)
  const publishedOf = (sources: readonly string[]) =>
    store.read(WORKSPACE, reader =>
      reader.db
        .selectFrom('batches')
        .select(['kind', 'source'])
        .where('source', 'in', sources)
        .orderBy('source')
        .orderBy('kind')
        .execute(),
    )

  it('publishers of bulk content publish each batch once, and take back what is taken back meanwhile', async () => {
    for (let again = 0; again < 5; again++) {
      const { sources, day } = await unpublished()
      const before = await versionNow()
      await Promise.all([
        atOnce(() => publishBatches(store, WORKSPACE, content(), 1n)),
        atOnce(() => publishUsage(store, WORKSPACE, content(), 1n)),
        takeBack(sources[2]!),
      ])
      // One look more, which whoever took it back sets off.
      await publishBatches(store, WORKSPACE, content(), 1n)
      expect(await publishedOf([...sources, String(day)])).toEqual([
        { kind: 'usage.sums', source: String(day) },
        ...sources.slice(0, 2).flatMap(source => [
          { kind: 'cost.lines', source },
          { kind: 'cost.sums', source },
        ]),
      ])
      // A desk that had seen everything before sees each of them.
      const seen = await store.read(WORKSPACE, reader =>
        readChanges(reader, ['batches'], { version: before, table: null, row: null }, 1000),
      )
      expect(seen.filter(entry => !entry.deleted).length).toBeGreaterThanOrEqual(5)
      await store.write(WORKSPACE, 'job', async tx => {
        await tx.db.updateTable('usage_days').set({ events_published: 1n }).execute()
      })
    }
  })

  it('a publisher that comes late publishes nothing that was taken back since it looked', async () => {
    const { sources } = await unpublished()
    let taken = false
    const late: Store = {
      ...store,
      async write(...asked) {
        if (!taken) await Promise.all(sources.map(takeBack))
        taken = true
        return store.write(...asked)
      },
    }
    await publishBatches(late, WORKSPACE, content(), 1n)
    expect(await publishedOf(sources)).toEqual([])
    // And none is taken away that was put back.
    await store.write(WORKSPACE, 'job', tx =>
      tx.db.updateTable('cost_batches').set({ state: 'published' }).where('id', 'in', sources).execute(),
    )
    await publishBatches(store, WORKSPACE, content(), 1n)
    const all = await publishedOf(sources)
    expect(all).toHaveLength(6)
    await Promise.all(sources.map(takeBack))
    let back = false
    const hasty: Store = {
      ...store,
      async write(...asked) {
        if (!back)
          await store.write(WORKSPACE, 'job', tx =>
            tx.db
              .updateTable('cost_batches')
              .set({ state: 'published' })
              .where('id', 'in', sources)
              .execute(),
          )
        back = true
        return store.write(...asked)
      },
    }
    await publishBatches(hasty, WORKSPACE, content(), 1n)
    expect(await publishedOf(sources)).toEqual(all)
  })

  const versionNow = () =>
    store.read(WORKSPACE, async reader => {
      const { version } = await reader.db
        .selectFrom('workspace_state')
        .select('version')
        .executeTakeFirstOrThrow()
      return version
    })

  it('one command that comes many times at once is carried out once', async () => {
    const commandId = testIds(clock, 99)()
    const answers = await atOnce(() =>
      runner.run(
        'simulation.wallet.deposit',
        { amount: 7n },
        { person: given.people.ada, device: 'race', assurance: 'unattested', commandId },
      ),
    )
    expect(new Set(answers.map(one => one.version)).size).toBe(1)
    expect(answers.filter(one => !one.repeated)).toHaveLength(1)
    await give(runner, leaves.forget, { name: 'nothing' })
  })

  it('two servers that commit together what waits: each command has its version, its entry and its answer', async () => {
    const servers = [0, 1].map(() => counting(poolSource(poolOf(database.url))))
    // By a clock that stands still no group is over for having taken too long, however busy the machine is.
    const timing = { monotonic: () => 0, onWait: () => {} }
    const runners = servers.map(({ source }) => runnerOver(openPostgresStore(source, timing)))
    try {
      await give(runner, wallet.deposit, { amount: 1000n })
      const before = await store.read(WORKSPACE, reader => walletOf(reader as never))
      const ids = testIds(clock, 98)
      const twice = Array.from({ length: 5 }, () => ids())
      const ada = { person: given.people.ada, device: 'race', assurance: 'unattested' } as const
      const answers = await Promise.all(
        runners.flatMap(by => [
          ...Array.from({ length: 40 }, () => give(by, wallet.hold, { amount: 60n })),
          ...twice.map(commandId =>
            by.run('simulation.wallet.deposit', { amount: 1n }, { ...ada, commandId }),
          ),
        ]),
      )
      const holds = answers.filter(one => !twice.includes(one.commandId))
      // Ten answers of five commands: the second of each is the kept one.
      expect(answers.filter(one => one.repeated)).toHaveLength(5)
      const after = await store.read(WORKSPACE, reader => walletOf(reader as never))
      expect(after.balance).toBe(before.balance + 5n - 60n * BigInt(done(holds)))
      expect(after.balance).toBe(after.ledger)
      expect(after.balance).toBeGreaterThanOrEqual(0n)
      expect(after.balance).toBeLessThan(60n)
      const ran = answers.filter(one => !one.repeated)
      const versions = ran.map(one => one.version).sort((a, b) => Number(a - b))
      expect(versions).toEqual(versions.map((_, n) => versions[0]! + BigInt(n)))
      // The chain of the log holds, whoever wrote an entry.
      const log = await store.read(WORKSPACE, reader =>
        reader.db
          .selectFrom('command_log')
          .selectAll()
          .where('version', '>=', versions[0]!)
          .orderBy('version')
          .execute(),
      )
      for (const [n, { hash, ...entry }] of log.entries()) {
        expect(hash).toBe(hashEntry(WORKSPACE, entry))
        if (n > 0) expect(entry.previous).toBe(log[n - 1]!.hash)
      }
      const commits = servers.reduce((sum, one) => sum + one.commits(), 0)
      expect(commits).toBeLessThan(ran.length / 2)
    } finally {
      await Promise.all(servers.map(({ source }) => source.close()))
    }
  })

  it('two legal entities number their invoices side by side: each series without a gap, and none twice', async () => {
    const { entity, invoice } = contract.billing
    // In the currency of the customers: what is asked for is a number, and no rate.
    const words = { address: ['1 Main Street'], country: 'US', currency: 'USD' }
    const prefixes = ['RED', 'BLUE'] as const
    const entities: string[] = []
    for (const prefix of prefixes) {
      const made = await give(runner, entity.create, {
        ...{ ...words, key: prefix.toLowerCase(), name: `${prefix} Ltd.` },
        ...{ invoicePrefix: prefix, creditNotePrefix: `${prefix}C` },
      })
      expect(made.outcome).toBe('done')
      entities.push((made.result as { id: string }).id)
    }
    for (const [n, entityId] of entities.entries()) {
      const asked = { customerId: given.customers[n]!, entityId }
      expect((await give(runner, entity.assign, asked)).outcome).toBe('done')
    }
    // Twelve approved invoices of each, like one that was issued before.
    const ids = testIds(clock, 97)
    const drafts = await store.write(WORKSPACE, 'person', async tx => {
      const like = await tx.db
        .selectFrom('invoices')
        .selectAll()
        .where('kind', '=', 'invoice')
        .where('number', 'is not', null)
        .orderBy('number')
        .executeTakeFirstOrThrow()
      const rows = Array.from({ length: 24 }, (_, n) => ({
        ...{ ...like, id: ids(), customer_id: given.customers[n % 2]!, state: 'approved' as const },
        ...{ number: null, issued_at: null, due_at: null, parties: null, effect_id: null },
        ...{ document_id: null, document_digest: null },
      }))
      for (const row of rows) await tx.db.insertInto('invoices').values(row).execute()
      return rows.map(({ id, digest }) => ({ invoiceId: id, digest }))
    })
    const answers = await atOnce(async n => {
      const own: CommandAnswer[] = []
      // Each begins with another one, so that both series are asked for at any time.
      for (let i = 0; i < drafts.length; i++)
        own.push(await give(runner, invoice.issue, drafts[(n * 3 + i) % drafts.length]!))
      return own
    })
    expect(done(answers.flat())).toBe(drafts.length)
    const { numbers, series } = await store.read(WORKSPACE, async ({ db }) => ({
      numbers: await db
        .selectFrom('invoices')
        .select(['number', 'customer_id'])
        .where(
          'id',
          'in',
          drafts.map(one => one.invoiceId),
        )
        .execute(),
      series: await db.selectFrom('number_series').selectAll().execute(),
    }))
    for (const [n, prefix] of prefixes.entries()) {
      const own = numbers.filter(row => row.customer_id === given.customers[n])
      expect(own.map(row => row.number).sort()).toEqual(
        Array.from({ length: 12 }, (_, at) => `${prefix}-2026-${String(at + 1).padStart(5, '0')}`),
      )
      expect(series.find(row => row.series === `${prefix}-2026`)?.next).toBe(13n)
    }
  })
})

/** Each command in a transaction of its own, so that the database is where they meet. */
function apart(store: Store): Store {
  return { ...store, write: (workspace, urgency, work) => store.write(workspace, urgency, work) }
}

/** A source that counts its commits. */
function counting(source: PostgresSource) {
  let commits = 0
  const counted: PostgresSource = {
    ...source,
    async connect(urgency, opening) {
      const session = await source.connect(urgency, opening)
      return {
        ...session,
        query(sql, parameters) {
          if (sql === 'COMMIT') commits++
          return session.query(sql, parameters)
        },
      }
    },
  }
  return { source: counted, commits: () => commits }
}

/** What the log is given in place of a version that is taken only when it is written. */
const NOT_YET = -987_654_321n

/** A server that takes the workspace's counter at the end of a command and not at its beginning. */
function counterTakenLast(store: Store): Store {
  const plain = async (tx: Tx, sql: string, parameters: readonly unknown[]) =>
    /^\s*select|returning/i.test(sql)
      ? { rows: await tx.raw(sql, parameters) }
      : { rows: [], affected: await tx.run(sql, parameters) }
  return {
    ...store,
    write: (workspace, urgency, work) =>
      store.write(workspace, urgency, tx => {
        let counter: { sql: string; parameters: readonly unknown[] } | null = null
        return work(
          txOver('postgres', workspace, async (sql, parameters) => {
            if (/^update "workspace_state" set "version" = case/i.test(sql)) {
              counter = { sql, parameters }
              return { rows: [{ version: NOT_YET, authority: 'server' }] }
            }
            if (counter && /^insert into "command_log"/i.test(sql)) {
              const [row] = await tx.raw<{ version: bigint }>(counter.sql, counter.parameters)
              return plain(
                tx,
                sql,
                parameters.map(value => (value === NOT_YET ? row!.version : value)),
              )
            }
            return plain(tx, sql, parameters)
          }),
        )
      }),
  }
}
