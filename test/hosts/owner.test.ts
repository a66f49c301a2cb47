import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { greetOwner, ownOrJoin } from '#main/host/owner/join.ts'
import { readOwnerRecord } from '#main/host/owner/owner-record.ts'
import { type ClientServer, serveClients } from '#main/host/owner/serve-clients.ts'
import { ensureFolders, type WorkspacePaths, workspacePaths } from '#main/host/workspace/layout.ts'
import { startChild, type TestChild } from './child.ts'

const ME = { host: 'test', device: 'test', version: '0' }

let root: string
let paths: WorkspacePaths
let children: TestChild[]
let servers: ClientServer[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-owner-'))
  paths = workspacePaths(join(root, 'w'))
  ensureFolders(paths)
  children = []
  servers = []
})
afterEach(async () => {
  await Promise.all(children.map(child => child.kill()))
  await Promise.all(servers.map(server => server.close()))
  rmSync(root, { recursive: true, force: true })
})

function start(dir = paths.dir): TestChild {
  const child = startChild('owner-child.ts', [dir])
  children.push(child)
  return child
}

const role = (child: TestChild) => child.line(/^(owner|client)/)

async function serve(overrides: Partial<Parameters<typeof serveClients>[0]> = {}) {
  const server = await serveClients({
    paths,
    host: 'test',
    version: '0',
    now: () => '2026-11-21T00:00:00Z',
    attach: ws => ws.on('message', data => ws.send(`echo ${data}`)),
    ...overrides,
  })
  servers.push(server)
  return server
}

describe('one owner per workspace', () => {
  it('of processes that race exactly one owns, and the others are its clients', async () => {
    for (let round = 0; round < 3; round++) {
      const racers = [start(), start(), start(), start()]
      const roles = await Promise.all(racers.map(role))
      const owners = racers.filter((_, i) => roles[i]!.startsWith('owner'))
      expect(owners).toHaveLength(1)
      expect(roles.filter(text => text === `client of ${owners[0]!.pid}`)).toHaveLength(3)
      await Promise.all(racers.map(child => child.kill()))
    }
  }, 240_000)

  it('a killed owner leaves the lock free, and the next host takes over', async () => {
    const first = start()
    await first.line(/^owner/)
    const client = start()
    await client.line(/^client/)
    await first.kill('SIGKILL')
    expect(await client.exit()).toBe(3)
    // What the killed owner left behind is still there, and does not mislead.
    expect(existsSync(paths.owner)).toBe(true)
    const next = start()
    expect(await role(next)).toBe(`owner ${next.pid}`)
    const another = start()
    expect(await role(another)).toBe(`client of ${next.pid}`)
  }, 240_000)

  it('an owner that stops leaves nothing behind', async () => {
    const owner = start()
    await owner.line(/^owner/)
    expect(await owner.kill('SIGTERM')).toBe(0)
    expect(existsSync(paths.owner)).toBe(false)
    expect(existsSync(join(paths.run, 'core.sock'))).toBe(false)
    const lock = takeExclusiveLock(paths.lock)
    expect(lock).toBeDefined()
    lock!.release()
  }, 240_000)

  it('is refused a second time in the same process, and free after release', () => {
    const lock = takeExclusiveLock(paths.lock)!
    expect(takeExclusiveLock(paths.lock)).toBeUndefined()
    lock.release()
    lock.release()
    const again = takeExclusiveLock(paths.lock)!
    expect(again).toBeDefined()
    again.release()
  })

  it('waits for an owner that is still starting, and says so when it never answers', async () => {
    const lock = takeExclusiveLock(paths.lock)!
    const joining = ownOrJoin(paths, ME)
    await new Promise(resolve => setTimeout(resolve, 100))
    await serve()
    const joined = await joining
    expect(joined.role).toBe('client')
    if (joined.role === 'client') joined.connection.ws.terminate()
    await servers.pop()!.close()
    await expect(ownOrJoin(paths, { ...ME, patience: 100 })).rejects.toThrow(
      expect.objectContaining({ code: 'OWNER_UNREACHABLE' }),
    )
    lock.release()
  })

  it('does not talk to an owner of another version, and says so', async () => {
    const lock = takeExclusiveLock(paths.lock)!
    await serve({ version: '1' })
    await expect(ownOrJoin(paths, ME)).rejects.toMatchObject({
      code: 'OWNER_OTHER_VERSION',
      data: { host: 'test', version: '1', own: '0' },
    })
    lock.release()
  })

  it('survives a record that is not one', async () => {
    writeFileSync(paths.owner, '{"endpoint":')
    expect(readOwnerRecord(paths.owner)).toBeUndefined()
    const joined = await ownOrJoin(paths, ME)
    expect(joined.role).toBe('owner')
    if (joined.role === 'owner') joined.lock.release()
  })
})

describe('the local socket', () => {
  it('is open to this account only', async () => {
    const server = await serve()
    expect(statSync(server.endpoint).mode & 0o777).toBe(0o600)
    expect(statSync(paths.owner).mode & 0o777).toBe(0o600)
    expect(statSync(paths.run).mode & 0o777).toBe(0o700)
  })

  it('takes another place when the path of the workspace is too long for a socket', async () => {
    paths = workspacePaths(join(root, 'x'.repeat(60), 'y'.repeat(60)))
    ensureFolders(paths)
    const server = await serve()
    expect(server.endpoint.startsWith(paths.dir)).toBe(false)
    expect(Buffer.byteLength(server.endpoint)).toBeLessThan(104)
    expect(statSync(join(server.endpoint, '..')).mode & 0o777).toBe(0o700)
    const connection = await greetOwner(readOwnerRecord(paths.owner)!, ME)
    expect(connection?.host).toBe('test')
    connection!.ws.terminate()
  })

  it('refuses a client without the secret, with another first message, or with none', async () => {
    await serve()
    const record = readOwnerRecord(paths.owner)!
    const open = (first?: string | Buffer) =>
      new Promise<number>(resolve => {
        const ws = new WebSocket('ws://owner/', { createConnection: () => connect(record.endpoint) })
        ws.on('open', () => first !== undefined && ws.send(first))
        ws.on('close', code => resolve(code))
      })
    const hello = (secret: string) => JSON.stringify({ secret, host: 'test', device: 'test', pid: 1 })
    expect(await open(hello('x'.repeat(43)))).toBe(4401)
    expect(await open('hello')).toBe(4400)
    expect(await open(Buffer.from(hello(record.secret)))).toBe(4400)
    expect(await open('{"secret":1}')).toBe(4400)
  })

  it('answers no plain HTTP', async () => {
    const server = await serve()
    const reply = await new Promise<string>(resolve => {
      const socket = connect(server.endpoint, () => socket.write('GET / HTTP/1.1\r\nHost: owner\r\n\r\n'))
      socket.once('data', data => {
        socket.destroy()
        resolve(data.toString())
      })
    })
    expect(reply).toMatch(/^HTTP\/1.1 404/)
  })

  it('replaces the socket that a killed owner left', async () => {
    const server = await serve()
    const path = server.endpoint
    await servers.pop()!.close()
    mkdirSync(paths.run, { recursive: true })
    writeFileSync(path, '')
    await serve()
    expect((await greetOwner(readOwnerRecord(paths.owner)!, ME))?.version).toBe('0')
    expect(readFileSync(paths.owner, 'utf8')).toContain(path)
  })
})
