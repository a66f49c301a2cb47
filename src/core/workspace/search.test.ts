import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { inAppAddress } from '#shared/deep-link.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addressesOf } from './addresses.ts'
import { entities } from './entities.ts'
import { snippetOf } from './snippet.ts'

const { search, people, views, comments } = contract.workspace

describe.each(DATABASES)('search on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const find = async (text: string, caller = t.admin, more = {}) => {
    const { hits } = await t.core.call(search.query, { text, ...more }, caller)
    return hits.map(hit => `${hit.entity}: ${hit.title}`)
  }
  const person = (name: string, email: string) =>
    t.core.call(people.add, { name, email, roles: ['analyst'] }, t.admin)
  const view = (name: string, caller = t.admin, shared = false) =>
    t.core.call(
      views.save,
      { page: 'finops.explorer', name, address: '/finops/explorer?by=region', shared },
      caller,
    )

  it('workspace.search.query: finds all words, each as a beginning, without case and marks', async () => {
    t = await testCore(database)
    await person('Zoë Ångström', 'zoe.angstrom@example.com')
    await person('Jürgen Müller', 'jm@example.com')
    await person('Софья Ковалевская', 'sofia@example.com')
    for (const text of [
      'zoe',
      'Zoë',
      'ZOE ang',
      'angstrom zo',
      'ÅNG',
      'angstrom@exa',
      'zoe.angstrom@example.com',
    ])
      expect(await find(text), text).toEqual(['person: Zoë Ångström'])
    // The same letter, composed and in two code points.
    expect(await find('mu\u0308ller')).toEqual(['person: Jürgen Müller'])
    expect(await find('СОФЬЯ')).toEqual(['person: Софья Ковалевская'])
    expect(await find('ковал')).toEqual(['person: Софья Ковалевская'])
    expect(await find('zoe müller')).toEqual([])
    expect(await find('oe')).toEqual([])
    expect(await find('example')).toHaveLength(4)
  })

  it('workspace.search.rows: the rows of one list, of those that the person may see', async () => {
    t = await testCore(database)
    const rows = async (entity: string, text: string, caller = t.admin, limit?: number) =>
      t.core.call(search.rows, { entity, text, ...(limit === undefined ? {} : { limit }) }, caller)
    const zoe = await person('Zoë Ångström', 'zoe@example.com')
    const ann = await person('Ann', 'ann.angstrom@example.com')
    await view('Angstrom costs')
    // The name weighs more than the address.
    expect(await rows('person', 'ÅNGSTROM')).toEqual({ ids: [zoe.id, ann.id], more: false })
    expect(await rows('person', 'angstrom', t.admin, 1)).toEqual({ ids: [zoe.id], more: true })
    expect(await rows('person', ' ,; ')).toEqual({ ids: [], more: false })
    expect(await rows('nothing', 'ann')).toEqual({ ids: [], more: false })
    // A view that is not shared is its owner's.
    expect((await rows('view', 'angstrom')).ids).toHaveLength(1)
    expect((await rows('view', 'angstrom', t.as(ann.id))).ids).toEqual([])
  })

  it('workspace.search.query: puts a match of the title first, and keeps to the wanted kinds', async () => {
    t = await testCore(database)
    await person('Ann', 'region@example.com')
    await view('Region costs')
    expect(await find('region')).toEqual(['view: Region costs', 'person: Ann'])
    expect(await find('region', t.admin, { entities: ['person'] })).toEqual(['person: Ann'])
    expect(await find('region', t.admin, { entities: ['nothing'] })).toEqual([])
    const { hits, more } = await t.core.call(search.query, { text: 'region', limit: 1 }, t.admin)
    expect([hits.length, more]).toEqual([1, true])
  })

  it('workspace.search.query: follows renames, removals and undo', async () => {
    t = await testCore(database)
    const { id } = await view('Quarterly')
    await t.core.call(views.rename, { viewId: id, name: 'Yearly' }, t.admin)
    expect(await find('quarterly')).toEqual([])
    expect(await find('yearly')).toEqual(['view: Yearly'])
    const commandId = '00000000-0000-7000-8000-00000000aaaa'
    await t.core.call(views.remove, { viewId: id }, { ...t.admin, commandId })
    expect(await find('yearly')).toEqual([])
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await find('yearly')).toEqual(['view: Yearly'])
  })

  it('workspace.search.query: gives an address for each hit', async () => {
    t = await testCore(database)
    const grace = await person('Grace Hopper', 'g@example.com')
    await view('Hopper view')
    const body = `Line one.\n${'filler '.repeat(60)}ask hopper about it ${'tail '.repeat(60)}`
    await t.core.call(comments.add, { entity: 'person', rowId: grace.id, body }, t.admin)
    const { hits } = await t.core.call(search.query, { text: 'hopper' }, t.admin)
    const links = Object.fromEntries(hits.map(hit => [hit.entity, hit.link]))
    expect(links).toEqual({
      person: `/workspace/people?person=${grace.id}`,
      view: '/finops/explorer?by=region',
      comment: `/workspace/people?person=${grace.id}`,
    })
    const comment = hits.find(hit => hit.entity === 'comment')!
    expect(comment.title).toMatch(/^… .*ask hopper about it .* …$/)
    expect(comment.title.length).toBeLessThan(180)
  })

  it('every entity that can be found has its address', async () => {
    t = await testCore(database)
    const id = '00000000-0000-7000-8000-00000000cccc'
    const actor = { id: t.admin.person!, name: 'Ada', roles: ['admin' as const] }
    await t.store.write(t.workspace, 'person', async tx => {
      const at = t.clock.now()
      await tx.db
        .insertInto('customers')
        .values({
          ...{
            id,
            key: 'acme~co & sons',
            name: 'Acme',
            email: 'a@example.com',
            country: 'DE',
            currency: 'EUR',
          },
          ...{ zone: 'Europe/Berlin', industry: 'retail', tier: 'starter', seats: 3n, churned_on: null },
          ...{ signed_up_on: '2026-01-01', created_at: at },
        })
        .execute()
      const view = { page: 'p', name: 'n', address: '/finops/explorer', shared: 1n, created_at: at }
      await tx.db
        .insertInto('views')
        .values({ ...view, id, owner: actor.id })
        .execute()
      const comment = { entity: 'customer', row_id: id, body: 'b', author: actor.id, edited_at: null }
      await tx.db
        .insertInto('comments')
        .values({ ...comment, id, created_at: at })
        .execute()
      await tx.db
        .insertInto('sepa_mandates')
        .values({
          ...{
            id,
            customer_id: id,
            title: 'Acme · M-1',
            reference: 'M-1',
            scheme: 'CORE',
            kind: 'recurrent',
          },
          ...{ holder: 'Acme', iban: 'NL91ABNA0417164300', bic: '', signed_on: '2026-01-01', ending: 0n },
          ...{ revoked_at: null, created_by: null, created_at: at },
        })
        .execute()
      await tx.db
        .insertInto('disputes')
        .values({
          ...{ id, invoice_id: id, customer_id: id, title: 'INV-1 · Acme', currency: 'EUR', amount: 5n },
          ...{ reason: 'r', state: 'open', deadline_at: null, opened_by: actor.id, opened_at: at },
          ...{ decided_by: null, decided_at: null, outcome: null },
        })
        .execute()
    })
    const addresses = await t.store.read(t.workspace, async reader => {
      const found: Record<string, string | undefined> = {}
      for (const entity of entities.keys())
        found[entity] = (await addressesOf(reader, entity, [id], actor)).get(id)
      return found
    })
    expect(Object.values(addresses).filter(address => inAppAddress(address ?? '') === null)).toEqual([])
    expect(addresses.customer).toBe(`/billing/customers?customer=${id}`)
    expect(addresses.comment).toBe(addresses.customer)
    const gone = await t.store.read(t.workspace, async reader => [
      ...(await addressesOf(reader, 'galaxy', [id], actor)),
      ...(await addressesOf(reader, 'customer', ['none'], actor)),
    ])
    expect(gone).toEqual([])
    await t.store.write(
      t.workspace,
      'person',
      async tx => void (await tx.db.deleteFrom('customers').execute()),
    )
    expect(await t.store.read(t.workspace, reader => addressesOf(reader, 'comment', [id], actor))).toEqual(
      new Map(),
    )
  })

  it('workspace.search.query: leaves out private views of others, however many there are', async () => {
    t = await testCore(database)
    const grace = await person('Grace', 'g@example.com')
    for (let number = 0; number < 110; number++) await view(`Budget ${number}`)
    await view('Shared budget', t.admin, true)
    await view('Own budget of Grace, which is longer', t.as(grace.id))
    expect((await find('budget', t.as(grace.id))).sort()).toEqual([
      'view: Own budget of Grace, which is longer',
      'view: Shared budget',
    ])
    expect(await find('budget', t.admin, { limit: 100 })).toHaveLength(100)
  })

  it('workspace.search.query: takes anything that people type', async () => {
    t = await testCore(database)
    await person('Ann "The O\'Neil" (AND) -x*', 'ann@example.com')
    await person('हिन्दी नाम', 'hindi@example.com')
    await person('東京 太郎 😀', 'tokyo@example.com')
    for (const text of ['"The', "o'neil", '(and)', 'and', '-x*', 'ann*', 'title:ann'])
      expect(await find(text), text).toEqual(
        text === 'title:ann' ? [] : ['person: Ann "The O\'Neil" (AND) -x*'],
      )
    expect(await find('हिन्दी')).toEqual(['person: हिन्दी नाम'])
    expect(await find('東')).toEqual(['person: 東京 太郎 😀'])
    for (const text of [
      '',
      '   ',
      '"',
      "'",
      '😀',
      '*',
      ':*',
      '\\',
      '\u0000',
      '\u0301',
      '\ud800',
      'a'.repeat(9000),
    ])
      expect(await find(text), text).toEqual([])
    for (const text of [
      'NEAR(ann, 2)',
      'ann AND NOT x',
      'ann & !x | (b <-> c):*',
      'ann OR',
      "'; DROP TABLE people; --",
    ])
      expect(await find(text), text).toEqual([])
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async text => {
        await find(text)
      }),
      { numRuns: 40 },
    )
  })

  it('workspace.search.query: tells its live views when something that can be found changed', async () => {
    t = await testCore(database)
    await find('grace')
    const abort = new AbortController()
    const events = t.core.live.follow(undefined, abort.signal)
    const next = events.next()
    await person('Grace', 'g@example.com')
    expect((await next).value).toMatchObject({ queries: expect.arrayContaining(['workspace.search.query']) })
    abort.abort()
    expect(await find('grace')).toEqual(['person: Grace'])
  })
})

describe('a snippet', () => {
  it('is the whole text where it is short', () => {
    expect(snippetOf(' two\n lines ', ['lines'])).toBe('two lines')
  })

  it('is round the first word that was found', () => {
    const text = `${'before '.repeat(40)}Ångström here ${'after '.repeat(40)}`
    expect(snippetOf(text, ['angstrom'])).toMatch(/^… (before )+Ångström here (after )+…$/)
    expect(snippetOf(text, ['nowhere'])).toMatch(/^(before )+…$/)
    expect(snippetOf(`${'before '.repeat(40)}end`, ['end'])).toMatch(/^… (before )+end$/)
    expect(snippetOf('x'.repeat(500), ['y'])).toBe(`${'x'.repeat(160)} …`)
    expect(snippetOf(`${'x'.repeat(400)}y`, ['y'])).toContain('y')
  })
})
