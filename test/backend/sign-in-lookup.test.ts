import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { peopleOfEmail, peopleOfProvider } from '#core/database/account-rows.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import type { Store } from '#core/database/store.ts'
import { NO_WORKSPACE } from '#core/identity/secrets.ts'
import { asSuperuser, newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'

/* Who signs in is looked up in all workspaces at once, by a role that sees no other workspace's people. */

const ONE = '00000000-0000-7000-8000-0000000000c1'
const OTHER = '00000000-0000-7000-8000-0000000000c2'
const available = await postgresAnswers()

describe.skipIf(!available)('an address that somebody signs in with', () => {
  const undo: (() => unknown)[] = []
  let store: Store
  let url: string
  const admins: string[] = []

  beforeAll(async () => {
    const database = await testPostgres()
    url = database.url
    undo.push(database.drop)
    const backend = await testBackend({ databaseUrl: url })
    undo.push(backend.remove)
    for (const workspace of [ONE, OTHER]) admins.push((await newCompany(backend, workspace)).admin.person!)
    const source = openPool({ url, role: 'quarterdeck_app', max: 2, name: 'test' })
    undo.push(() => source.close())
    store = openPostgresStore(source)
  }, 120_000)

  afterAll(async () => {
    for (const one of undo.reverse()) await one()
  }, 60_000)

  const find = (email: string) => store.read(NO_WORKSPACE, reader => peopleOfEmail(reader, email))

  it('is found in every workspace, the oldest first, and by the whole address only', async () => {
    expect(await find('ada@example.com')).toEqual([
      { workspace: ONE, person: admins[0] },
      { workspace: OTHER, person: admins[1] },
    ])
    for (const part of ['ada', '%', 'ada@example.co_', 'ADA@EXAMPLE.COM', '', "' OR true --"])
      expect(await find(part), part).toEqual([])
  })

  it('is not found where its person may not come in any more', async () => {
    await asSuperuser([`UPDATE people SET active = 0 WHERE workspace = '${OTHER}'`], url)
    expect(await find('ada@example.com')).toEqual([{ workspace: ONE, person: admins[0] }])
  })

  it('opens nothing else of other workspaces, neither before nor after in the same transaction', async () => {
    await store.read(ONE, async reader => {
      const emails = () => reader.raw<{ workspace: string }>('SELECT workspace FROM people')
      expect(new Set((await emails()).map(row => row.workspace))).toEqual(new Set([ONE]))
      await peopleOfEmail(reader, 'ada@example.com')
      expect(new Set((await emails()).map(row => row.workspace))).toEqual(new Set([ONE]))
    })
    // Saying oneself what is asked for opens nothing to this role.
    const seen = await store.read(NO_WORKSPACE, async reader => {
      await reader.raw("SELECT set_config('quarterdeck.asked', 'ada@example.com', true)")
      return reader.raw('SELECT workspace FROM people')
    })
    expect(seen).toEqual([])
  })

  it('of a provider is found by issuer and subject together', async () => {
    await asSuperuser(
      [
        `INSERT INTO identities (workspace, issuer, subject, person_id, email, linked_at)
          VALUES ('${ONE}', 'https://one.example', 's', '${admins[0]}', 'ada@example.com', 0)`,
      ],
      url,
    )
    const by = (issuer: string, subject: string) =>
      store.read(NO_WORKSPACE, reader => peopleOfProvider(reader, issuer, subject))
    expect(await by('https://one.example', 's')).toEqual([{ workspace: ONE, person: admins[0] }])
    expect(await by('https://other.example', 's')).toEqual([])
    expect(await by('https://one.example', '%')).toEqual([])
  })

  it('is looked up by an index', async () => {
    const indexes = await store.read(NO_WORKSPACE, async reader =>
      reader.raw<{ indexname: string }>(
        "SELECT indexname::text FROM pg_indexes WHERE tablename IN ('people', 'identities') AND starts_with(indexname, 'across_')",
      ),
    )
    expect(indexes.map(row => row.indexname).sort()).toEqual([
      'across_identities_by_subject',
      'across_people_by_email',
    ])
  })
})
