import { afterEach, describe, expect, it } from 'vitest'
import { post } from '#core/notify/channels/post.ts'
import { isPrivateAddress } from '#core/notify/channels/private-address.ts'
import { isSigned, signedHeaders } from '#core/notify/channels/signature.ts'
import { ELSEWHERE, LOCALHOST } from '#test/kit/certificates.ts'
import { type WebServer, webServer } from '#test/kit/web-server.ts'

const NOW = BigInt(Date.UTC(2026, 10, 21, 9))

describe('posting to an address that somebody gave', () => {
  let web: WebServer | null = null
  afterEach(() => web?.close())
  const send = (url: string, more: object = {}, limit?: number) =>
    post({ url, headers: { 'X-One': '1' }, body: '{}', allowPrivate: true, now: NOW, ...more }, limit)

  it('arrives with its headers, also encrypted', async () => {
    web = await webServer(LOCALHOST)
    expect(await send(`${web.url}/hook`, { trusted: [LOCALHOST.cert] })).toEqual({
      kind: 'sent',
      answer: '200: ok',
    })
    expect(web.taken).toMatchObject([
      { path: '/hook', body: '{}', headers: { 'x-one': '1', 'content-type': 'application/json' } },
    ])
  })

  it('trusts no certificate that is not the server’s', async () => {
    web = await webServer(ELSEWHERE)
    expect(await send(web.url, { trusted: [ELSEWHERE.cert] })).toMatchObject({
      code: 'NOTIFY_WEB_CERTIFICATE',
    })
    expect(await send(web.url)).toMatchObject({ kind: 'later', code: 'NOTIFY_WEB_CERTIFICATE' })
    expect(web.taken).toEqual([])
  })

  it('goes into no private network: not by number, not by a name that leads there, not unencrypted', async () => {
    web = await webServer(LOCALHOST)
    const guarded = { allowPrivate: false, trusted: [LOCALHOST.cert] }
    for (const url of [
      `https://127.0.0.1:${web.port}/`,
      `https://localhost:${web.port}/`,
      `https://[::1]:${web.port}/`,
      'https://[::ffff:10.0.0.1]/',
      'http://example.com/',
    ])
      expect(await send(url, guarded), url).toMatchObject({ kind: 'failed', code: 'NOTIFY_WEB_PRIVATE' })
    expect(await send('not an address', guarded)).toMatchObject({ code: 'NOTIFY_WEB_ADDRESS' })
    expect(web.taken).toEqual([])
  })

  it('is in doubt where all was handed over and nobody answered', async () => {
    web = await webServer()
    web.manners.silent = true
    expect(await send(web.url, {}, 200)).toMatchObject({ kind: 'unsure', code: 'NOTIFY_WEB_UNSURE' })
    const { url } = web
    await web.close()
    web = null
    expect(await send(url)).toMatchObject({ kind: 'later', code: 'NOTIFY_WEB_UNREACHABLE' })
  })

  it('reads no more of an answer than it needs', async () => {
    web = await webServer()
    web.manners.status = 400
    web.manners.text = 'x'.repeat(100_000)
    expect((await send(web.url)) as { message: string }).toMatchObject({ message: `400: ${'x'.repeat(500)}` })
  })
})

describe('addresses', () => {
  it.each([
    ...[
      '10.1.2.3',
      '127.0.0.1',
      '169.254.169.254',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
    ],
    ...['::1', '::', 'fe80::1', 'fd00::1', '::ffff:192.168.0.1', '64:ff9b::a00:1', '2001:db8::1', 'ff02::1'],
  ])('%s is private', address => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    address => {
      expect(isPrivateAddress(address)).toBe(false)
    },
  )
})

describe('a signature', () => {
  const key = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
  const headers = signedHeaders(key, 'id', NOW, '{"a":1}')

  it('holds for its id, time, body and key, and for nothing else', () => {
    expect(isSigned(key, headers, '{"a":1}', NOW)).toBe(true)
    expect(
      isSigned(
        key,
        { ...headers, 'webhook-signature': `v1,x ${headers['webhook-signature']}` },
        '{"a":1}',
        NOW,
      ),
    ).toBe(true)
    expect(isSigned(key, headers, '{"a":2}', NOW)).toBe(false)
    expect(isSigned(key, { ...headers, 'webhook-id': 'other' }, '{"a":1}', NOW)).toBe(false)
    expect(isSigned('another key', headers, '{"a":1}', NOW)).toBe(false)
    expect(isSigned(key, headers, '{"a":1}', NOW + 301_000n)).toBe(false)
    expect(isSigned(key, { ...headers, 'webhook-timestamp': 'now' }, '{"a":1}', NOW)).toBe(false)
    expect(isSigned(key, {}, '{"a":1}', NOW)).toBe(false)
  })

  it('takes a key that is no base64 as its own bytes', () => {
    const plain = signedHeaders('a plain key', 'id', NOW, 'x')
    expect(isSigned('a plain key', plain, 'x', NOW)).toBe(true)
  })
})
