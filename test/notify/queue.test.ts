import { afterEach, describe, expect, it } from 'vitest'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '#core/billing/testing/close-kit.ts'
import { isSigned } from '#core/notify/channels/signature.ts'
import { notify } from '#core/notify/notify.ts'
import { tellingOutside } from '#core/notify/telling.ts'
import { mostTries } from '#engines/notify/pauses.ts'
import { approvalAsked } from '#engines/notify/topics/workspace.ts'
import { contract } from '#shared/contract/index.ts'
import type { DeliveryState } from '#shared/contract/workspace/notifications.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { LOCALHOST, type MailServer, mailServer } from '#test/kit/mail-server.ts'
import { type WebServer, webServer } from '#test/kit/web-server.ts'

const { notifications, people, settings } = contract.workspace
const { billing } = contract
const HOUR = 3_600_000
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

describe.each(DATABASES)('the queue of notifications on %s', database => {
  let t: TestCore
  let mail: MailServer
  let web: WebServer
  afterEach(async () => {
    await t.close()
    await mail.close()
    await web.close()
  })

  async function begin(more: Parameters<typeof testCore>[1] = {}): Promise<void> {
    mail = await mailServer()
    web = await webServer()
    t = await testCore(database, {
      ...{ environment: { 'notify.privateAddresses': true }, trustedCertificates: [LOCALHOST.cert] },
      ...more,
    })
    await set('notify.mailHost', 'localhost')
    await set('notify.mailPort', mail.port)
    await set('notify.mailSecurity', 'none')
    await set('notify.mailFrom', 'billing@example.com')
  }
  const set = (name: string, value: string | number | boolean) =>
    t.core.call(settings.set, { name, value }, t.admin)
  const deliveries = async () =>
    (await t.core.call(notifications.deliveries.list, {}, t.admin)).deliveries.toReversed()
  const states = async () => (await deliveries()).map(one => one.state)
  const idle = () => t.core.background.idle()
  async function pass(milliseconds: number): Promise<void> {
    t.clock.advance(milliseconds)
    await idle()
  }

  /** Tells the admin something, as the end of a job does. */
  async function tell(onceKey: string, more: { urgency?: 'urgent'; person?: string } = {}): Promise<void> {
    // So that they stand in the order in which they were told.
    t.clock.advance(1)
    await t.store.write(t.workspace, 'job', async tx => {
      const { urgency, person = t.admin.person! } = more
      await notify(tellingOutside(tx, id(keys++), t.clock.now()), {
        topic: approvalAsked,
        to: [{ person }],
        params: { asker: 'Grace', what: `Credit ${onceKey}`, reason: 'They paid twice.' },
        onceKey,
        ...(urgency ? { urgency } : {}),
      })
    })
    t.core.background.effectsChanged()
    await idle()
  }
  let keys = 1
  const end = async (state: DeliveryState) => {
    await expect.poll(states, PATIENTLY).toContain(state)
  }

  it('tells a person once by mail, however often it is asked for', async () => {
    await begin()
    await tell('a')
    await tell('a')
    expect(mail.taken).toMatchObject([
      { to: 'ada@example.com', subject: 'Grace asks for your approval', from: 'billing@example.com' },
    ])
    const [one] = await deliveries()
    expect(one).toMatchObject({
      state: 'sent',
      attempts: 1,
      unsure: 0,
      answer: expect.stringMatching(/^250/),
    })
    expect(mail.taken[0]!.messageId).toBe(`<${one!.messageId}@example.com>`)
  })

  it('sends nothing to people where no mail server is set up', async () => {
    await begin()
    await t.core.call(settings.clear, { name: 'notify.mailFrom' }, t.admin)
    await tell('a')
    expect(await deliveries()).toEqual([])
    const { notices } = await t.core.call(notifications.inbox.list, {}, t.admin)
    expect(notices).toMatchObject([{ title: 'Grace asks for your approval', readAt: null }])
  })

  it('comes back with growing pauses while the server has no time, with the same id, and gives up', async () => {
    await begin()
    mail.manners.message = '451 4.7.1 later'
    await tell('a')
    expect(await deliveries()).toMatchObject([
      { state: 'waiting', attempts: 1, failure: { code: 'NOTIFY_MAIL_LATER' }, unsure: 0 },
    ])
    for (let tries = 1; tries < mostTries('email'); tries++) {
      const { notBefore } = (await deliveries())[0]!
      expect(notBefore).toBeGreaterThan(t.clock.now())
      await pass(Number(notBefore - t.clock.now()))
    }
    expect(await deliveries()).toMatchObject([{ state: 'failed', attempts: mostTries('email') }])
    await pass(48 * HOUR)
    const [failed] = await deliveries()
    expect(failed).toMatchObject({ state: 'failed', attempts: mostTries('email') })
    // Somebody puts it right and sends it again, under the id that it had.
    delete mail.manners.message
    await t.core.call(notifications.deliveries.retry, { deliveryId: failed!.id }, t.admin)
    await idle()
    expect(await deliveries()).toMatchObject([{ state: 'sent', messageId: failed!.messageId }])
    await expect(
      t.core.call(notifications.deliveries.retry, { deliveryId: failed!.id }, t.admin),
    ).rejects.toMatchObject({ code: 'NOTIFY_DELIVERY_STATE', data: { state: 'sent' } })
  })

  it('may double only what the server took without saying so, and says that', async () => {
    await begin()
    mail.manners.dropAfterData = true
    await tell('a')
    expect(await deliveries()).toMatchObject([{ state: 'waiting', unsure: 1 }])
    mail.manners.dropAfterData = false
    await pass(2 * 60_000)
    expect(await deliveries()).toMatchObject([{ state: 'sent', unsure: 1, attempts: 2 }])
    expect(mail.taken).toHaveLength(2)
    expect(new Set(mail.taken.map(one => one.messageId)).size).toBe(1)
  })

  it('writes to no address that a mail came back from, until somebody says so', async () => {
    await begin()
    mail.manners.recipient = '550 5.1.1 no such user'
    await tell('a')
    expect(await states()).toEqual(['bounced'])
    delete mail.manners.recipient
    t.clock.advance(HOUR)
    await tell('b')
    const [first, second] = await deliveries()
    expect(second).toMatchObject({ state: 'skipped', reason: 'bounced' })
    const retry = () => t.core.call(notifications.deliveries.retry, { deliveryId: first!.id }, t.admin)
    await expect(retry()).rejects.toMatchObject({
      code: 'NOTIFY_SUPPRESSED',
      data: { address: 'ada@example.com', reason: 'bounced' },
    })
    await t.core.call(notifications.suppressions.remove, { address: 'Ada@Example.com' }, t.admin)
    await retry()
    await idle()
    expect(await states()).toEqual(['sent', 'skipped'])
    const found = async (asked: object) => {
      const answer = await t.core.call(notifications.deliveries.list, asked, t.admin)
      return [answer.deliveries.map(one => one.id), answer.more]
    }
    expect(await found({ states: ['sent', 'failed'] })).toEqual([[first!.id], false])
    expect(await found({ states: [], channel: 'email' })).toEqual([[second!.id, first!.id], false])
    expect(await found({ channel: 'slack' })).toEqual([[], false])
    expect(await found({ limit: 1 })).toEqual([[second!.id], true])
    expect(await found({ onceKey: 'a' })).toEqual([[first!.id], false])
    expect(await found({ rowId: 'nothing of this' })).toEqual([[], false])
    await expect(
      t.core.call(notifications.deliveries.retry, { deliveryId: id(99) }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('skips what was put on the list while it waited', async () => {
    await begin()
    mail.manners.message = '451 later'
    await tell('a')
    await t.core.call(
      notifications.suppressions.add,
      { address: 'ada@example.com', reason: 'unsubscribed' },
      t.admin,
    )
    await pass(HOUR)
    expect(await deliveries()).toMatchObject([{ state: 'skipped', reason: 'unsubscribed', attempts: 1 }])
  })

  it('bundles many of one topic: the first at once, those that follow as one', async () => {
    await begin()
    await tell('a')
    for (const key of ['b', 'c', 'd']) await tell(key)
    expect(await states()).toEqual(['sent', 'held', 'held', 'held'])
    expect((await deliveries())[1]).toMatchObject({ reason: 'many' })
    await pass(15 * 60_000)
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(mail.taken).toHaveLength(2)
    expect(mail.taken[1]!.subject).toBe('Grace asks for your approval (+2)')
    expect(mail.taken[1]!.raw).toContain('Credit d')
    // After a bundle the next one waits for its own.
    t.clock.advance(60_000)
    await tell('e')
    expect((await states()).at(-1)).toBe('held')
    // Urgent ones wait for nobody.
    await tell('f', { urgency: 'urgent' })
    expect((await states()).at(-1)).toBe('sent')
  })

  it('holds what comes in quiet hours, except what is urgent, and lets people choose', async () => {
    await begin()
    // Nine in the morning in UTC is ten in Berlin.
    const quiet = { from: 9 * 60, until: 12 * 60, days: [1, 2, 3, 4, 5, 6, 7] }
    const chosen = { choices: {}, quiet, urgentPasses: true, zone: null, dailyAt: 480 }
    await t.core.call(notifications.preferences.set, chosen, t.admin)
    await tell('a')
    await tell('b', { urgency: 'urgent' })
    await tell('c')
    expect(await states()).toEqual(['held', 'sent', 'held'])
    const [held] = await deliveries()
    expect(held).toMatchObject({ reason: 'quiet', notBefore: BigInt(Date.UTC(2026, 10, 21, 11)) })
    await pass(2 * HOUR)
    expect(await states()).toEqual(['sent', 'sent', 'sent'])
    expect(mail.taken.map(one => one.subject)).toEqual([
      'Grace asks for your approval',
      'Grace asks for your approval (+1)',
    ])
    const off = { ...chosen, quiet: null, choices: { 'workspace.approvalAsked': { email: 'off' as const } } }
    await t.core.call(notifications.preferences.set, off, t.admin)
    t.clock.advance(HOUR)
    await tell('d')
    expect(await states()).toHaveLength(3)
    const daily = { ...off, choices: { 'workspace.approvalAsked': { email: 'daily' as const } } }
    await t.core.call(notifications.preferences.set, daily, t.admin)
    await tell('e')
    expect((await deliveries()).at(-1)).toMatchObject({
      ...{ state: 'held', reason: 'daily' },
      notBefore: BigInt(Date.UTC(2026, 10, 22, 7)),
    })
    // Whoever cannot wait has it now; what is not out can be stopped.
    const last = (await deliveries()).at(-1)!
    await t.core.call(notifications.deliveries.retry, { deliveryId: last.id }, t.admin)
    await idle()
    expect((await states()).at(-1)).toBe('sent')
    await tell('f')
    const next = (await deliveries()).at(-1)!
    await t.core.call(notifications.deliveries.cancel, { deliveryId: next.id }, t.admin)
    await pass(48 * HOUR)
    expect((await states()).at(-1)).toBe('cancelled')
    await expect(
      t.core.call(notifications.deliveries.cancel, { deliveryId: next.id }, t.admin),
    ).rejects.toMatchObject({ code: 'NOTIFY_DELIVERY_STATE' })
    await expect(
      t.core.call(notifications.deliveries.cancel, { deliveryId: id(999) }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('tells Slack in its blocks and webhooks with a signature and an id that stays', async () => {
    await begin()
    const slack = await t.core.call(
      notifications.channels.add,
      { kind: 'slack', name: 'ops', topics: ['*'], address: `${web.url}/services/T0/B0/x` },
      t.admin,
    )
    const hook = await t.core.call(
      notifications.channels.add,
      {
        kind: 'webhook',
        name: 'erp',
        topics: ['workspace.approvalAsked'],
        address: `${web.url}/hook`,
        key: KEY,
      },
      t.admin,
    )
    web.manners.status = 503
    web.manners.headers = { 'Retry-After': '120' }
    await tell('a')
    const by = async (channel: string) => (await deliveries()).find(one => one.channel === channel)!
    expect(await by('webhook')).toMatchObject({
      ...{ state: 'waiting', target: hook.id, name: 'erp', failure: { code: 'NOTIFY_WEB_LATER' } },
      // What the other side asks for counts.
      notBefore: t.clock.now() + 120_000n,
    })
    web.manners.status = 200
    await pass(120_000)
    expect(await by('webhook')).toMatchObject({ state: 'sent', answer: '200: ok' })
    expect(await by('slack')).toMatchObject({ state: 'sent', target: slack.id })
    const posts = web.taken.filter(one => one.path === '/hook')
    expect(posts).toHaveLength(2)
    expect(new Set(posts.map(one => one.headers['webhook-id'])).size).toBe(1)
    for (const { headers, body } of posts) {
      const at = BigInt(String(headers['webhook-timestamp'])) * 1000n
      expect(isSigned(KEY, headers as Record<string, string>, body, at)).toBe(true)
      expect(isSigned(KEY, headers as Record<string, string>, `${body} `, at)).toBe(false)
      expect(isSigned(KEY, headers as Record<string, string>, body, at + 301_000n)).toBe(false)
    }
    expect(JSON.parse(posts[0]!.body)).toMatchObject({
      ...{ type: 'workspace.approvalAsked', title: 'Grace asks for your approval', about: null },
      data: { what: 'Credit a' },
      workspace: { name: 'Test company' },
    })
    const [, said] = web.taken.filter(one => one.path !== '/hook')
    expect(JSON.parse(said!.body)).toMatchObject({
      text: 'Grace asks for your approval',
      blocks: [{ type: 'header' }, { type: 'section' }, { type: 'context' }],
    })
  })

  it('tells channels that are on of what they asked for, and never shows their secrets', async () => {
    await begin()
    const add = (name: string, topics: string[], address = `${web.url}/hook`) =>
      t.core.call(notifications.channels.add, { kind: 'webhook', name, topics, address, key: KEY }, t.admin)
    const other = await add('other', ['workspace.deliveryFailed'])
    const paused = await add('paused', ['*'])
    await t.core.call(notifications.channels.change, { channelId: paused.id, active: false }, t.admin)
    await tell('a')
    expect((await deliveries()).map(one => one.channel)).toEqual(['email'])
    const shown = JSON.stringify(
      [await t.core.call(notifications.channels.list, {}, t.admin), await logged()],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    )
    expect(shown).not.toContain('whsec')
    expect(shown).not.toContain('/hook')
    await expect(add('other', ['*'])).rejects.toMatchObject({ code: 'NOTIFY_CHANNEL_NAME' })
    for (const [address, reason] of [
      ['not an address', 'unreadable'],
      ['ftp://files.example/x', 'scheme'],
      ['https://me:secret@files.example/x', 'user'],
    ] as const)
      await expect(add('bad', ['*'], address)).rejects.toMatchObject({
        code: 'NOTIFY_CHANNEL_ADDRESS',
        data: { reason },
      })
    await expect(
      t.core.call(
        notifications.channels.add,
        { kind: 'slack', name: 'bad', topics: ['*'], address: 'https://hooks.example' },
        t.admin,
      ),
    ).rejects.toMatchObject({ data: { reason: 'slack' } })
    await expect(
      t.core.call(
        notifications.channels.add,
        { kind: 'webhook', name: 'bad', topics: ['*'], address: 'https://hooks.example/x' },
        t.admin,
      ),
    ).rejects.toMatchObject({ code: 'NOTIFY_CHANNEL_KEY' })
    // A change keeps what it does not name; a test goes to a channel that is off, too.
    const changed = await t.core.call(
      notifications.channels.change,
      {
        channelId: paused.id,
        name: 'renamed',
        address: `${web.url}/new`,
        topics: ['workspace.approvalAsked'],
      },
      t.admin,
    )
    expect(changed).toMatchObject({ name: 'renamed', active: false, topics: ['workspace.approvalAsked'] })
    const slack = await t.core.call(
      notifications.channels.add,
      { kind: 'slack', name: 'ops', topics: ['workspace.deliveryFailed'], address: `${web.url}/services/a` },
      t.admin,
    )
    const moved = { channelId: slack.id, address: `${web.url}/services/b`, active: true }
    expect(await t.core.call(notifications.channels.change, moved, t.admin)).toMatchObject({ active: true })
    await t.core.call(notifications.test, { channel: paused.id }, t.admin)
    await idle()
    expect(web.taken.map(one => one.path)).toEqual(['/new'])
    await t.core.call(notifications.channels.remove, { channelId: other.id }, t.admin)
    await expect(
      t.core.call(notifications.channels.remove, { channelId: other.id }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(
      t.core.call(notifications.channels.change, { channelId: paused.id, name: 'renamed' }, t.admin),
    ).resolves.toMatchObject({ name: 'renamed' })
  })
  const logged = () =>
    t.store.read(t.workspace, reader => reader.db.selectFrom('command_log').select('input').execute())

  it('goes into private networks only where this host allows it, and follows no redirect', async () => {
    await begin({ environment: {} })
    const channel = await t.core.call(
      notifications.channels.add,
      { kind: 'webhook', name: 'erp', topics: ['*'], address: `${web.url}/hook`, key: KEY },
      t.admin,
    )
    await tell('a')
    const last = async () => (await deliveries()).filter(one => one.channel === 'webhook').at(-1)
    expect(await last()).toMatchObject({ state: 'failed', failure: { code: 'NOTIFY_WEB_PRIVATE' } })
    expect(web.taken).toEqual([])
    await set('notify.privateAddresses', true)
    web.manners.status = 302
    web.manners.headers = { Location: `${web.url}/elsewhere` }
    await tell('b')
    expect(await last()).toMatchObject({ state: 'failed', failure: { code: 'NOTIFY_WEB_REDIRECT' } })
    web.manners.drop = true
    await tell('c')
    expect(await last()).toMatchObject({ state: 'waiting', unsure: 1 })
    expect(web.taken.map(one => one.path)).toEqual(['/hook', '/hook'])
    // Without its address, as after the way to another machine, it fails and says so.
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.deleteFrom('secrets').where('name', 'like', `%${channel.id}%`).execute()
    })
    await tell('d')
    expect(await last()).toMatchObject({ failure: { code: 'NOTIFY_CHANNEL_NO_ADDRESS' } })
  })

  it('workspace.notifications.test: by mail and on the desktop, and says what is missing', async () => {
    const shown: string[] = []
    await begin({ desktop: { show: (_, { title }) => void shown.push(title) } })
    const { onceKey } = await t.core.call(notifications.test, { channel: 'email' }, t.admin)
    await idle()
    const found = await t.core.call(notifications.deliveries.list, { onceKey }, t.admin)
    expect(found.deliveries).toMatchObject([{ state: 'sent', title: 'A test message' }])
    await t.core.call(notifications.test, { channel: 'desktop' }, t.admin)
    await expect.poll(() => shown, PATIENTLY).toEqual(['A test message', 'A test message'])
    expect(await deliveries()).toHaveLength(1)
    await t.core.call(settings.clear, { name: 'notify.mailHost' }, t.admin)
    await expect(t.core.call(notifications.test, { channel: 'email' }, t.admin)).rejects.toMatchObject({
      code: 'NOTIFY_MAIL_NOT_SET_UP',
    })
    await expect(t.core.call(notifications.test, { channel: id(77) }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('says many at a time as one on the desktop, and nothing that was read or is unwanted', async () => {
    const shown: string[] = []
    await begin({ desktop: { show: (_, { title }) => void shown.push(title) } })
    const otto = await t.core.call(
      people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    for (const key of ['a', 'b', 'c', 'd']) await tell(key, { person: otto.id })
    expect(shown).toEqual([])
    await t.core.call(notifications.inbox.list, {}, t.as(otto.id))
    await expect.poll(() => shown, PATIENTLY).toEqual(['4 new notifications'])
    const off = { 'workspace.approvalAsked': { desktop: 'off' as const } }
    const chosen = { choices: off, quiet: null, urgentPasses: true, zone: 'Asia/Tokyo', dailyAt: 0 }
    await t.core.call(notifications.preferences.set, chosen, t.as(otto.id))
    await tell('e', { person: otto.id })
    t.core.heard(['inbox'], 0n)
    await t.core.call(notifications.preferences.set, { ...chosen, choices: {} }, t.as(otto.id))
    await expect.poll(() => shown.length, PATIENTLY).toBe(2)
  })

  it('billing.invoice.send: with its document, to the contacts, in their languages, and again on demand', async () => {
    await begin()
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    const { send, mails, approve, issue } = billing.invoice
    const one = { invoiceId: draft!.id }
    await expect(t.core.call(send, one, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_NOT_ISSUED',
      data: { state: 'draft' },
    })
    for (const [name, language] of [
      ['Grace', 'en'],
      ['Käthe', 'de'],
    ] as const)
      await t.core.call(
        billing.contact.add,
        { customerId: customer.id, name, email: `${language}@acme.example`, language },
        t.admin,
      )
    await set('billing.sendInvoices', true)
    await t.core.call(approve, { ...one, digest: draft!.digest }, t.admin)
    await t.core.call(issue, { ...one, digest: draft!.digest }, t.admin)
    await idle()
    await pass(5000)
    expect(mail.taken.map(taken => taken.to).sort()).toEqual(['de@acme.example', 'en@acme.example'])
    const [german] = mail.taken.filter(taken => taken.to.startsWith('de'))
    expect(german!.subject).toContain('Rechnung INV-2026-00001')
    expect(german!.raw).toContain('filename=INV-2026-00001.pdf')
    expect((await t.core.call(mails, one, t.admin)).deliveries).toMatchObject([
      { state: 'sent', customerId: customer.id },
      { state: 'sent' },
    ])
    // Again, to somebody else, with a word of ours; it came back, and who bills is told.
    mail.byRecipient.set('new@acme.example', { recipient: '550 5.1.1 unknown' })
    const to = { email: 'new@acme.example', name: '', language: 'en' as const }
    await t.core.call(send, { ...one, to, note: 'As you asked.' }, t.admin)
    await idle()
    expect((await t.core.call(mails, one, t.admin)).deliveries[0]).toMatchObject({ state: 'bounced' })
    const { notices } = await t.core.call(notifications.inbox.list, {}, t.admin)
    expect(notices[0]).toMatchObject({ title: 'A message did not reach new@acme.example' })
    await expect(t.core.call(send, { ...one, to }, t.admin)).rejects.toMatchObject({
      code: 'NOTIFY_SUPPRESSED',
    })
    await t.core.call(send, { ...one, note: 'Once more.' }, t.admin)
    await idle()
    const toAcme = mail.taken.filter(taken => taken.to.endsWith('@acme.example'))
    expect(toAcme).toHaveLength(4)
    expect(toAcme.at(-1)!.raw).toContain('Once more.')
    // One that came in as issued gets its document when it is sent for the first time.
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.deleteFrom('documents').execute()
      await tx.db.updateTable('invoices').set({ document_id: null, effect_id: null }).execute()
    })
    await t.core.call(send, { ...one, note: 'With a new copy.' }, t.admin)
    await idle()
    await pass(5000)
    expect(mail.taken.at(-1)!.raw).toContain('filename=INV-2026-00001.pdf')
    expect(mail.taken.filter(taken => taken.raw.includes('With a new copy.'))).toHaveLength(2)
    await t.core.call(settings.clear, { name: 'notify.mailHost' }, t.admin)
    await expect(t.core.call(send, one, t.admin)).rejects.toMatchObject({ code: 'NOTIFY_MAIL_NOT_SET_UP' })
  })

  it('billing.contact: who gets invoices, where a customer is an exception, and back', async () => {
    await begin()
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId)
    const { contact } = billing
    const list = () => t.core.call(contact.list, { customerId: customer.id }, t.admin)
    expect(await list()).toMatchObject({
      ...{ contacts: [], sendInvoices: null, workspaceSends: false, language: null, mail: true },
      reaches: [{ name: customer.name, suppressed: null }],
    })
    const grace = { name: 'Grace', email: 'grace@acme.example', language: 'fr' as const }
    const added = await t.core.call(contact.add, { customerId: customer.id, ...grace }, t.admin)
    await expect(
      t.core.call(contact.add, { customerId: customer.id, ...grace, email: 'GRACE@acme.example' }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_CONTACT_TAKEN' })
    await t.core.call(contact.edit, { contactId: added.id, ...grace, name: 'Grace H.' }, t.admin)
    await t.core.call(notifications.suppressions.add, { address: grace.email }, t.admin)
    expect(await list()).toMatchObject({ reaches: [{ name: 'Grace H.', suppressed: 'manual' }] })
    const undo = async () => {
      const { entries } = await t.core.call(contract.workspace.log.list, {}, t.admin)
      await t.core.call(contract.workspace.log.undo, { commandId: entries[0]!.commandId }, t.admin)
    }
    await t.core.call(contact.remove, { contactId: added.id }, t.admin)
    expect((await list()).contacts).toEqual([])
    await undo()
    expect((await list()).contacts).toMatchObject([{ id: added.id, name: 'Grace H.' }])
    await t.core.call(
      contact.setMessages,
      { customerId: customer.id, sendInvoices: false, language: 'ja' },
      t.admin,
    )
    expect(await list()).toMatchObject({ sendInvoices: false, language: 'ja' })
    await undo()
    expect(await list()).toMatchObject({ sendInvoices: null, language: null })
    await expect(t.core.call(contact.remove, { contactId: id(5) }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('workspace.notifications.words: the workspace’s own words go out, and nothing unknown gets in', async () => {
    await begin()
    const { words } = notifications
    const topic = 'billing.invoiceSent'
    const mine = { title: 'Your invoice {number}', body: 'Dear {contact}, {total}. {note}' }
    await t.core.call(words.set, { topic, language: 'en', ...mine }, t.admin)
    const shown = async () =>
      (await t.core.call(words.list, {}, t.admin)).topics
        .find(one => one.id === topic)!
        .languages.find(one => one.language === 'en')!
    expect((await shown()).own).toEqual(mine)
    await expect(
      t.core.call(words.set, { topic, language: 'en', title: '', body: '{nobody}' }, t.admin),
    ).rejects.toMatchObject({
      code: 'NOTIFY_WORDS',
      data: { problems: [{ code: 'empty-title' }, { code: 'unknown-value', name: 'nobody' }] },
    })
    await expect(
      t.core.call(words.set, { topic: 'workspace.mentioned', language: 'en', ...mine }, t.admin),
    ).rejects.toMatchObject({ code: 'NOTIFY_TOPIC_UNKNOWN' })
    await t.core.call(words.set, { topic, language: 'en', ...mine, title: 'Other' }, t.admin)
    await t.core.call(words.reset, { topic, language: 'en' }, t.admin)
    expect((await shown()).own).toBeNull()
    await expect(t.core.call(words.reset, { topic, language: 'en' }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('workspace.notifications.inbox: one’s own, read and unread, and all at once', async () => {
    await begin()
    const otto = await t.core.call(
      people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    await tell('a')
    await tell('b', { urgency: 'urgent' })
    await tell('c', { person: otto.id })
    const { inbox } = notifications
    expect(await t.core.call(inbox.count, {}, t.admin)).toEqual({ unread: 2, urgent: 1 })
    const { notices } = await t.core.call(inbox.list, { limit: 1 }, t.admin)
    expect(notices).toMatchObject([{ urgency: 'urgent', topicName: 'Somebody asks for my approval' }])
    const mark = (read: boolean, who = t.admin) =>
      t.core.call(inbox.mark, { noticeId: notices[0]!.id, read }, who)
    await expect(mark(true, t.as(otto.id))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect(await mark(true)).toMatchObject({ readAt: t.clock.now() })
    expect(await mark(true)).toMatchObject({ readAt: t.clock.now() })
    expect((await t.core.call(inbox.list, { unread: true }, t.admin)).notices).toHaveLength(1)
    await mark(false)
    expect(await t.core.call(inbox.markAll, { until: t.clock.now() }, t.admin)).toEqual({ marked: 2 })
    expect(await t.core.call(inbox.count, {}, t.admin)).toEqual({ unread: 0, urgent: 0 })
    expect(await t.core.call(inbox.count, {}, t.as(otto.id))).toEqual({ unread: 1, urgent: 0 })
    await end('sent')
  })

  it('what a core left under way when it died is sent again under its id and counted', async () => {
    await begin()
    mail.manners.message = '451 later'
    await tell('a')
    // As a core leaves it that was killed between claim and mark.
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.updateTable('deliveries').set({ state: 'sending' }).execute()
    })
    delete mail.manners.message
    await pass(HOUR)
    expect(await deliveries()).toMatchObject([{ state: 'sent', unsure: 1, attempts: 2 }])
  })
})
