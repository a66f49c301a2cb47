import { afterEach, describe, expect, it, vi } from 'vitest'
import { main } from '#backend/main.ts'
import { newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

/** Runs the command of a person at this machine. Gives its exit code and what it said. */
async function command(environment: Record<string, string>, ...args: string[]) {
  const said: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation(line => void said.push(line))
  const error = vi.spyOn(console, 'error').mockImplementation(line => void said.push(line))
  try {
    const code = await main({ args: ['first-admin', ...args], environment, version: '0', rendererDir: '' })
    return { code, said: said.join('\n'), link: /https?:\S+/.exec(said.join('\n'))?.[0] ?? null }
  } finally {
    log.mockRestore()
    error.mockRestore()
  }
}

const shown = async (link: string | null) => (await fetch(link!)).status

describe('backend first-admin', () => {
  it('makes a link beside the running server, which has PGlite to itself, and one without it', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    const home = { QUARTERDECK_BACKEND_HOME: backend.config.home }
    const first = await command(home)
    expect(first).toMatchObject({ code: 0, link: expect.stringContaining(`${backend.url}/begin/`) })
    expect(first.link).not.toBe(backend.firstAdmin)
    expect([await shown(first.link), await shown(backend.firstAdmin)]).toEqual([200, 200])

    await newCompany(backend, WORKSPACE)
    const refused = await command(home)
    expect(refused).toMatchObject({ code: 1, link: null })
    expect(refused.said).toContain('--another')
    const another = await command(home, '--another')
    expect([another.code, await shown(another.link)]).toEqual([0, 200])
    // The link of the first workspace makes no second one.
    const fields = { name: 'X', zone: 'UTC', currency: 'EUR', person: 'B', email: 'b@example.com' }
    const tried = await fetch(first.link!, {
      method: 'POST',
      headers: { origin: backend.url },
      body: new URLSearchParams({ ...fields, passphrase: 'a long passphrase', again: 'a long passphrase' }),
      redirect: 'manual',
    })
    expect(tried.status).not.toBe(303)
    expect(await backend.workspaces.list()).toEqual([WORKSPACE])

    await backend.close()
    const alone = await command({ ...home, QUARTERDECK_PUBLIC_URL: 'https://desk.example.com' }, '--another')
    expect(alone).toMatchObject({ code: 0, link: expect.stringContaining('https://desk.example.com/begin/') })
  })

  it('says what is wrong with what it was asked', async () => {
    expect(await command({}, '--nothing')).toMatchObject({ code: 1, link: null })
  })

  it.skipIf(!available)('makes a link in PostgreSQL that a running server takes', async () => {
    const database = await testPostgres()
    undo.push(database.drop)
    const backend = await testBackend({ databaseUrl: database.url })
    undo.push(backend.remove)
    const { code, link } = await command({
      QUARTERDECK_BACKEND_HOME: backend.config.home,
      DATABASE_URL: database.url,
      QUARTERDECK_PUBLIC_URL: backend.url,
    })
    expect([code, await shown(link)]).toEqual([0, 200])
  })
})
