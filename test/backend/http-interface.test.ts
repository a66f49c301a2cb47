import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Client } from '#serving/client.ts'
import { openStagedFiles } from '#serving/files/staged-files.ts'
import { FILE_NAME_HEADER, WsClose } from '#shared/browser-host-protocol.ts'
import { RPC_HEADERS } from '#shared/rpc-headers.ts'
import { PATIENTLY } from '#test/kit/core-kit.ts'
import { type HttpWorld, httpWorld } from '#test/kit/http-kit.ts'

let t: HttpWorld
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quarterdeck-pages-'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><html><head></head><body>the page</body></html>')
  writeFileSync(join(dir, 'app.js'), 'export {}')
  t = await httpWorld({
    pages: {
      rendererDir: dir,
      asksAgain: 20,
      // One folder for each workspace: a handle of one is nothing in another.
      files: async workspace =>
        openStagedFiles({ dir: mkdtempOf(workspace), now: Date.now, freeSpace: async () => 1e12 }),
    },
  })
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})

const folders = new Map<string, string>()
function mkdtempOf(workspace: string): string {
  const known = folders.get(workspace) ?? mkdtempSync(join(dir, 'files-'))
  folders.set(workspace, known)
  return known
}

/** A request of a page that is signed in. */
const page = (cookie = t.first.cookie) => ({
  as: null,
  headers: { cookie, origin: t.url, 'sec-fetch-site': 'same-origin' },
})

interface Opened {
  readonly ws: WebSocket
  readonly client: Client
  readonly closed: Promise<number>
}

async function open(headers: Record<string, string>, said: Record<string, string> = {}): Promise<Opened> {
  const ws = new WebSocket(`${t.url.replace('http', 'ws')}/ws`, { headers })
  const closed = new Promise<number>(resolve => ws.on('close', resolve))
  await new Promise<void>((resolve, reject) => {
    ws.on('open', () => resolve())
    ws.on('error', reject)
  })
  ws.send(JSON.stringify({ session: 'the cookie says who this is' }))
  return { ws, client: createORPCClient(new RPCLink({ websocket: ws as never, headers: said })), closed }
}

describe('the page', () => {
  test('is for whoever is signed in; the others are led to the sign-in', async () => {
    for (const options of [{ as: null }, { as: null, headers: { cookie: 'quarterdeck-session=made-up' } }]) {
      const led = await t.call('/', options)
      expect([led.status, led.headers.get('location')]).toEqual([303, '/sign-in'])
    }
    const shown = await t.call('/', { as: null, headers: { cookie: t.first.cookie } })
    expect(shown.text).toContain('the page')
    expect(shown.text).toContain('<meta name="quarterdeck-host" content="server">')
    const policy = shown.headers.get('content-security-policy') as string
    const nonce = /nonce="([^"]+)"/.exec(shown.text)?.[1] as string
    expect(policy).toContain(`'nonce-${nonce}'`)
    expect(policy).not.toContain('unsafe')
    expect(shown.headers.get('cache-control')).toBe('no-store')
  })

  test('has its files, and nothing else of the folder or the disk', async () => {
    expect((await t.call('/app.js', { as: null })).text).toBe('export {}')
    for (const path of ['/index.html', '/../package.json', '/files-x', '/app.js/../../etc/passwd'])
      expect((await t.call(path, { as: null })).status, path).toBe(404)
  })

  test('is a page for a person where nothing is, and a problem for a program', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const nowhere = await t.call('/nowhere', { as: null, headers: { accept } })
    expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(nowhere.headers.get('content-security-policy')).toContain("style-src 'self'")
    expect(nowhere.text).toContain('Nothing here')
    for (const asked of [
      { headers: { accept: 'application/json' } },
      { headers: { accept }, method: 'POST' as const },
    ])
      expect((await t.call('/nowhere', { as: null, ...asked })).body).toMatchObject({
        code: 'HTTP_NOT_FOUND',
      })
  })

  test('is told its workspace, by its cookie and from our own origin only', async () => {
    const session = await t.call('/session', { ...page(), body: {}, headers: { ...page().headers } })
    expect(session.body).toMatchObject({ workspace: { name: 'Company 1' }, session: expect.any(String) })
    const elsewhere = { ...page().headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const refused = await t.call('/session', { as: null, body: {}, headers: elsewhere })
    expect(refused.body).toMatchObject({ code: 'HOST_ORIGIN_REFUSED' })
    const program = await t.call('/session', { as: t.first.token('workspace.session'), body: {} })
    expect(program.status).toBe(401)
  })
})

describe('its WebSocket', () => {
  test('speaks for the person of the cookie, whoever the page says it is', async () => {
    const { id: other } = await t.first.core.call(
      (await import('#shared/contract/index.ts')).contract.workspace.people.add,
      { name: 'Other', email: 'other@example.com', roles: ['auditor'] },
      t.first.admin,
    )
    const { ws, client } = await open(
      { cookie: t.first.cookie, origin: t.url },
      { [RPC_HEADERS.person]: other },
    )
    const { person, workspace } = await client.workspace.session({})
    expect([person?.id, workspace.id]).toEqual([t.first.admin.person, t.first.workspace])
    const { jobs } = await client.workspace.jobs.list({})
    expect(jobs).toEqual([])
    ws.close()
  })

  test('reaches the workspace of its cookie and no other', async () => {
    const { ws, client } = await open({ cookie: t.second.cookie, origin: t.url })
    expect((await client.workspace.session({})).workspace.id).toBe(t.second.workspace)
    ws.close()
  })

  test('changes nothing of the machine, and tells nothing of it', async () => {
    const { ws, client } = await open({ cookie: t.first.cookie, origin: t.url })
    const proof = { personId: t.first.admin.person as string, passphrase: 'correct horse battery' }
    await expect(client.workspace.people.actAs(proof)).rejects.toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
    await expect(client.host.log({ limit: 5 })).rejects.toMatchObject({ code: 'HOST_FORBIDDEN' })
    await expect(client.host.backup({ directory: '/tmp' })).rejects.toMatchObject({ code: 'HOST_FORBIDDEN' })
    ws.close()
  })

  test('takes no text that no database keeps', async () => {
    const { ws, client } = await open({ cookie: t.first.cookie, origin: t.url })
    for (const body of ['a\0b', '\ud800'])
      await expect(
        client.workspace.comments.add({ entity: 'customer', rowId: 'x', body }),
      ).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
    ws.close()
  })

  test('is not opened for a page of another origin, nor without one', async () => {
    for (const headers of [
      { cookie: t.first.cookie, origin: 'https://evil.example' },
      { cookie: t.first.cookie },
      { cookie: t.first.cookie, origin: 'null' },
    ] as Record<string, string>[])
      await expect(open(headers), JSON.stringify(headers)).rejects.toThrow('403')
  })

  test('tells a page whose session is over to sign in, also while it is open', async () => {
    const stranger = await open({ cookie: 'quarterdeck-session=made-up', origin: t.url })
    expect(await stranger.closed).toBe(WsClose.unauthorised)
    const bearer = await t.first.bearer('ops')
    const { closed } = await open({ authorization: bearer, origin: t.url })
    t.revoke(bearer)
    expect(await closed).toBe(WsClose.unauthorised)
  })
})

describe('files of pages', () => {
  test('go to the workspace of the page, and come back once by a ticket', async () => {
    const { headers } = page()
    const uploaded = await t.call('/files', {
      ...{ as: null, method: 'POST', body: 'a,b\n1,2\n' },
      headers: {
        ...headers,
        'content-type': 'application/octet-stream',
        [FILE_NAME_HEADER]: 'bill%20one.csv',
      },
    })
    expect(uploaded.body).toMatchObject({ name: 'bill one.csv', size: 8 })
    const place = await t.call('/exports', { as: null, headers, body: { name: 'rows.csv' } })
    const path = `/exports/${place.body.handle}/ticket`
    const theirs = await t.call(path, { as: null, method: 'POST', headers: page(t.second.cookie).headers })
    expect(theirs.body.code).toBe('HOST_NOT_FOUND')
    writeFileSync(join(mkdtempOf(t.first.workspace), `${place.body.handle}.export`), 'x\n1\n')
    const { body } = await t.call(path, { as: null, method: 'POST', headers })
    const stolen = await t.call(body.url, { as: null, headers: page(t.second.cookie).headers })
    expect(stolen.status).toBe(404)
    const again = await t.call(path, { as: null, method: 'POST', headers })
    const file = await t.call(again.body.url, { as: null, headers })
    expect(file.text).toBe('x\n1\n')
    expect((await t.call(again.body.url, { as: null, headers })).status).toBe(404)
    const gone = await t.call(`/files/${uploaded.body.handle}`, { as: null, method: 'DELETE', headers })
    expect(gone.status).toBe(200)
  })

  test('are not taken from another site', async () => {
    const headers = { cookie: t.first.cookie, origin: 'https://evil.example', 'content-type': 'text/plain' }
    expect((await t.call('/files', { as: null, method: 'POST', body: 'x', headers })).status).toBe(403)
  })
})

test('sockets end when the server stops', async () => {
  const own = await httpWorld({ pages: { rendererDir: dir, files: async () => null } })
  const ws = new WebSocket(`${own.url.replace('http', 'ws')}/ws`, {
    headers: { cookie: own.first.cookie, origin: own.url },
  })
  const closed = new Promise<number>(resolve => ws.on('close', resolve))
  await expect.poll(() => ws.readyState, PATIENTLY).toBe(WebSocket.OPEN)
  await own.close()
  expect(await closed).toBe(WsClose.goingAway)
})
