import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Membership } from '#main/host/membership.ts'
import { type WorkspacePaths, workspacePaths } from '#main/host/workspace/layout.ts'
import type { Unlocker } from '#main/host/workspace/unlock.ts'
import type { Client } from '#serving/client.ts'
import { PATHS, SESSION_HEADER, SessionReply, TokenReply } from '#shared/browser-host-protocol.ts'
import { contract } from '#shared/contract/index.ts'
import type { LiveEvent } from '#shared/contract/workspace.ts'
import { RPC_HEADERS } from '#shared/rpc-headers.ts'
import { startChild, type TestChild } from './child.ts'

const SYSTEM = { person: null, device: 'test', assurance: 'system', system: true } as const

let root: string
let paths: WorkspacePaths
let members: Membership[]
let children: TestChild[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-member-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
  paths = workspacePaths(join(root, 'w'))
  members = []
  children = []
})
afterEach(async () => {
  for (const member of members) await member.close()
  await Promise.all(children.map(child => child.kill()))
  rmSync(root, { recursive: true, force: true })
})

const unlocker = (): Unlocker => ({
  secret: async (_, problem) => {
    if (problem) throw problem
    return { kind: 'key-file', path: join(root, 'a.key') }
  },
  create: async () => ({ kind: 'key-file', path: join(root, 'a.key') }),
})

function member(overrides: Partial<ConstructorParameters<typeof Membership>[0]> = {}): Membership {
  const made = new Membership({
    paths,
    host: 'test',
    kind: 'test',
    version: '1.2.3',
    device: 'test',
    unlocker: unlocker(),
    ...overrides,
  })
  members.push(made)
  return made
}

async function createAcme(owner: Membership): Promise<string> {
  const { core } = (await owner.owned())!
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      name: 'Acme',
      zone: 'UTC',
      currency: 'USD',
      demo: false,
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    SYSTEM,
  )
  return admin
}

/** A browser host in a process of its own, and a session with it. */
async function browserHost(): Promise<{ child: TestChild; origin: string; session: string; token: string }> {
  const child = startChild('browser-child.ts', [paths.dir, join(root, 'a.key')])
  children.push(child)
  const url = new URL((await child.line(/^http/))!)
  const token = new URLSearchParams(url.hash.slice(1)).get('token')!
  const reply = await fetch(url.origin + PATHS.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  const { session } = SessionReply.parse(await reply.json())
  return { child, origin: url.origin, session, token }
}

interface Page {
  client: Client
  ws: WebSocket
}

function page(origin: string, session: string, person?: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`${origin.replace('http', 'ws')}/ws`)
    ws.on('error', reject)
    ws.on('open', () => {
      // The hello and the first call may reach the host in one packet.
      ws.send(JSON.stringify({ session }))
      const link = new RPCLink({
        websocket: ws as never,
        headers: person ? { [RPC_HEADERS.person]: person } : {},
      })
      resolve({ ws, client: createORPCClient(link) as Client })
    })
  })
}

const addPerson = (client: Client, name: string) =>
  client.workspace.people.add({ name, email: `${name}@example.com`, roles: ['ops'] })

describe('membership', () => {
  it('the first owns, the next is its client and sees the same', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    expect(await owner.role()).toBe('owner')
    const later = member({ host: 'later' })
    expect(await later.role()).toBe('client')
    const client = await later.client({ person: ada })
    await addPerson(client, 'grace')
    const { people } = await (await owner.client({ person: ada })).workspace.people.list({})
    expect(people.map(person => person.name)).toContain('grace')
    const about = await client.host.about({})
    expect(about).toMatchObject({ host: 'test', clients: 1, unlockedBy: 'key-file' })
  })

  it('gives refusals with code and data over the local socket, and a reference for bugs', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    const client = await member().client({ person: ada })
    await addPerson(client, 'grace')
    await expect(addPerson(client, 'grace')).rejects.toMatchObject({
      code: 'WORKSPACE_EMAIL_TAKEN',
      data: { email: 'grace@example.com' },
    })
    await expect((await member().client()).workspace.people.list({})).rejects.toMatchObject({
      code: 'WORKSPACE_NOBODY',
    })
    const odd = await member().client({ person: 'not-a-uuid' })
    await expect(odd.workspace.people.list({})).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
  })

  it('a client takes the place of an owner that leaves', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    const next = member()
    expect(await next.role()).toBe('client')
    await owner.close()
    await expect.poll(() => next.role(), { timeout: 60_000 }).toBe('owner')
    await addPerson(await next.client({ person: ada }), 'grace')
  })

  it('only admins see the log and make backups', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    const client = await owner.client({ person: ada })
    const grace = await addPerson(client, 'grace')
    const ops = await owner.client({ person: grace.id })
    await expect(ops.host.log({})).rejects.toMatchObject({ code: 'HOST_FORBIDDEN' })
    await expect(ops.host.backup({ directory: root })).rejects.toMatchObject({ code: 'HOST_FORBIDDEN' })
    expect((await client.host.log({ limit: 5 })).entries.length).toBeGreaterThan(0)
    const backup = await client.host.backup({ directory: join(root, 'backups') })
    expect(backup.bytes).toBeGreaterThan(1000)
    await expect(client.host.backup({ directory: 'nowhere' })).rejects.toMatchObject({
      code: 'HOST_BACKUP_REFUSED',
    })
  })
})

describe('the browser host', () => {
  it('serves the core to a signed-in page, and loses nothing that comes with the hello', async () => {
    const { origin, session } = await browserHost()
    for (let i = 0; i < 20; i++) {
      const { client, ws } = await page(origin, session)
      expect((await client.workspace.session({})).workspace.empty).toBe(true)
      ws.close()
    }
  })

  it('goes on from the last event after a break, without a gap and without doubles', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    const { origin, session } = await browserHost()
    const first = await page(origin, session, ada)
    // A query that was asked once is announced from then on.
    await first.client.workspace.people.list({})
    const seen: { id: string; event: LiveEvent }[] = []
    let lastEventId: string | undefined
    const follow = async (from: Page) => {
      const { getEventMeta } = await import('@orpc/client')
      try {
        const stream = await from.client.workspace.live({}, lastEventId === undefined ? {} : { lastEventId })
        for await (const event of stream) {
          lastEventId = getEventMeta(event)!.id!
          seen.push({ id: lastEventId, event })
        }
      } catch {
        // The connection broke: the test goes on with another.
      }
    }
    let following = follow(first)
    const writer = await owner.client({ person: ada })
    // Wait until the subscription is there.
    await expect
      .poll(() => seen.length > 0 || addPerson(writer, `p${Math.random()}`).then(() => false), {
        timeout: 60_000,
      })
      .toBe(true)
    let current = first
    for (let round = 0; round < 10; round++) {
      const before = seen.length
      await addPerson(writer, `during${round}`)
      await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(before)
      round % 2 ? current.ws.terminate() : current.ws.close()
      await following
      // Changes while nobody listens.
      await addPerson(writer, `gone-a${round}`)
      await addPerson(writer, `gone-b${round}`)
      current = await page(origin, session, ada)
      const missed = seen.length
      following = follow(current)
      await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(missed + 2)
    }
    const ids = seen.map(({ id }) => Number(id.split('.').at(-1)))
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => ids[0]! + i))
    expect(seen.some(({ event }) => event.gap)).toBe(false)
    current.ws.terminate()
    await following
    const { core } = (await owner.owned())!
    await expect.poll(() => core.live.followers(), { timeout: 60_000 }).toBe(0)
  }, 240_000)

  it('leaves no follower behind after a storm of reconnects', async () => {
    const owner = member()
    const ada = await createAcme(owner)
    const { origin, session } = await browserHost()
    for (let i = 0; i < 100; i++) {
      const { client, ws } = await page(origin, session, ada)
      const stream = await client.workspace.live({})
      stream.next().catch(() => {})
      i % 2 ? ws.terminate() : ws.close()
    }
    const { core } = (await owner.owned())!
    await expect.poll(() => core.live.followers(), { timeout: 60_000 }).toBe(0)
    const about = await (await owner.client({ person: ada })).host.about({})
    // The browser host itself stays connected.
    expect(about.clients).toBe(1)
  }, 240_000)

  it('takes over when the owner is killed, and its pages find the workspace again', async () => {
    const owner = startChild('browser-child.ts', [paths.dir, join(root, 'a.key')])
    children.push(owner)
    await owner.line(/^http/)
    const { origin, session } = await browserHost()
    const before = await page(origin, session)
    const { pid } = await before.client.host.about({})
    expect(pid).toBe(owner.pid)
    const closed = new Promise(resolve => before.ws.on('close', resolve))
    await owner.kill('SIGKILL')
    await closed
    await expect
      .poll(
        async () => {
          const { client } = await page(origin, session)
          return client.host.about({}).then(
            about => about.pid,
            () => 0,
          )
        },
        { timeout: 60_000 },
      )
      .toBe(children.at(-1)!.pid)
    const fresh = await fetch(origin + PATHS.token, {
      method: 'POST',
      headers: { [SESSION_HEADER]: session },
    })
    expect(TokenReply.parse(await fresh.json()).token).toHaveLength(43)
  }, 240_000)

  it('stops on SIGTERM and SIGINT, and leaves the lock free', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, origin, session } = await browserHost()
      const { ws } = await page(origin, session)
      const code = new Promise(resolve => ws.on('close', resolve))
      expect(await child.kill(signal)).toBe(0)
      expect(await code).toBe(1001)
    }
    expect(await member().role()).toBe('owner')
  }, 240_000)
})
