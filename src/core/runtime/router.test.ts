import type { ContractRouterClient } from '@orpc/contract'
import { createRouterClient, ORPCError } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contract } from '#shared/contract/index.ts'
import { type TestCore, testCore, testIds } from '#test/kit/core-kit.ts'
import { type CallContext, createRouter } from './router.ts'

describe('the core as a router of the RPC library', () => {
  let t: TestCore
  let bugs: [unknown, string][]
  beforeEach(async () => {
    t = await testCore('sqlite')
    bugs = []
  })
  afterEach(() => t.close())

  function client(context: Partial<CallContext> = {}): ContractRouterClient<Contract> {
    const router = createRouter(
      t.core,
      (error, reference) => bugs.push([error, reference]),
      testIds(t.clock, 5),
    )
    return createRouterClient(router, { context: { caller: () => t.admin, ...context } }) as never
  }

  it('answers questions and runs commands', async () => {
    const { people } = await client().workspace.people.list({})
    expect(people.map(person => person.name)).toEqual(['Ada'])
    const added = await client().workspace.people.add({
      name: 'Grace',
      email: 'g@example.com',
      roles: ['ops'],
    })
    expect(added.name).toBe('Grace')
  })

  it('gives the headers of the call to whoever knows the caller', async () => {
    const seen: unknown[] = []
    const caller: CallContext['caller'] = headers => {
      seen.push(headers)
      return t.admin
    }
    for (const reqHeaders of [
      new Headers({ 'X-Quarterdeck-Person': 'ada' }),
      { 'X-Quarterdeck-Person': 'ada' },
      { 'x-quarterdeck-person': ['ada', 'bob'] },
    ])
      await client({ caller, reqHeaders }).workspace.session({})
    await client({ caller }).workspace.session({})
    expect(seen).toEqual([...Array(3).fill({ 'x-quarterdeck-person': 'ada' }), {}])
  })

  it('turns a refusal into a typed error of the contract', async () => {
    const add = () => client().workspace.people.add({ name: 'Grace', email: 'g@example.com', roles: ['ops'] })
    await add()
    const error = await add().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ORPCError)
    expect(error).toMatchObject({
      code: 'WORKSPACE_EMAIL_TAKEN',
      data: { email: 'g@example.com' },
      status: 422,
      defined: true,
    })
    expect(bugs).toEqual([])
  })

  it('turns a bug into one calm error with a reference that the log has too', async () => {
    await t.store.write(t.workspace, 'person', tx =>
      tx.db
        .updateTable('people')
        .set({ roles: 'no JSON' })
        .execute()
        .then(() => {}),
    )
    const error = (await client()
      .workspace.people.list({})
      .catch((error: unknown) => error)) as ORPCError<string, { reference: string }>
    expect(error.code).toBe('INTERNAL_SERVER_ERROR')
    expect(bugs).toHaveLength(1)
    expect(error.data.reference).toBe(bugs[0]![1])
    expect(JSON.stringify(error.toJSON())).not.toContain('JSON at')
  })

  it('follows a stream until the client goes', async () => {
    const abort = new AbortController()
    const events = await client().workspace.live({}, { signal: abort.signal })
    await client().workspace.people.list({})
    const stream = events[Symbol.asyncIterator]()
    // The first event only gives an id to resume from.
    expect((await stream.next()).value).toMatchObject({ queries: [] })
    const next = stream.next()
    await client().workspace.people.add({ name: 'Grace', email: 'g@example.com', roles: ['ops'] })
    expect((await next).value).toMatchObject({
      gap: false,
      queries: expect.arrayContaining(['workspace.people.list']),
    })
    abort.abort()
  })
})
