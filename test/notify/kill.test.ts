import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { notify } from '#core/notify/notify.ts'
import { tellingOutside } from '#core/notify/telling.ts'
import { invoiceSent } from '#engines/notify/topics/billing.ts'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { PATIENTLY, testClock, testIds, testServices, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { type MailServer, mailServer } from '#test/kit/mail-server.ts'

const MESSAGES = 200
/** So many are under way at a time, so that no kill can leave more than these in doubt. */
const AT_ONCE = 5

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

it('a queue of 200 messages whose process is killed twice loses none, and doubles only what it counts', async () => {
  const mail = await mailServer()
  undo.push(mail.close)
  const { path, store, remove } = await queued(mail)
  undo.push(remove, store.close)
  mail.manners.slow = 15

  for (const [ahead, until] of [
    [0, 60],
    [70_000, 130],
  ] as const) {
    const child = start(path, ahead)
    const ended = new Promise<string | null>(resolve => child.once('exit', (_, signal) => resolve(signal)))
    await expect.poll(() => mail.taken.length, PATIENTLY).toBeGreaterThanOrEqual(until)
    child.kill('SIGKILL')
    expect(await ended).toBe('SIGKILL')
  }
  const last = start(path, 140_000)
  expect(await new Promise(resolve => last.once('exit', resolve))).toBe(0)

  const rows = await store.read(WORKSPACE, ({ db }) =>
    db.selectFrom('deliveries').select(['state', 'unsure', 'target', 'message_id']).execute(),
  )
  expect(rows).toHaveLength(MESSAGES)
  expect(rows.filter(row => row.state !== 'sent')).toEqual([])
  // Nothing lost: every address has its mail.
  expect(new Set(mail.taken.map(one => one.to))).toEqual(new Set(rows.map(row => row.target)))
  // Doubles only where a try was in doubt, each under the id that it had, and all of them are counted.
  const doubt = new Map(rows.map(row => [`<${row.message_id}@example.com>`, Number(row.unsure)]))
  for (const [id, copies] of Map.groupBy(mail.taken, one => one.messageId))
    expect(copies.length - 1, id).toBeLessThanOrEqual(doubt.get(id) ?? -1)
  const doubles = mail.taken.length - MESSAGES
  const doubtful = rows.reduce((sum, row) => sum + Number(row.unsure), 0)
  expect(doubles).toBeLessThanOrEqual(doubtful)
  expect(doubtful).toBeLessThanOrEqual(2 * AT_ONCE)
  console.info(`${doubtful} tries in doubt, ${doubles} doubles of ${MESSAGES} messages after two kills`)
})

function start(path: string, ahead: number): ChildProcess {
  const child = fork(fileURLToPath(new URL('queue-child.ts', import.meta.url)), [path, String(ahead)], {
    stdio: 'inherit',
  })
  undo.push(() => child.kill('SIGKILL'))
  return child
}

/** A workspace with 200 messages to customers that nobody has begun to send. */
async function queued(mail: MailServer): Promise<{ path: string; store: Store; remove(): Promise<void> }> {
  const clock = testClock(Date.now())
  const { store, path, remove } = await testStore('sqlite', clock)
  await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store: { ...store, close: async () => {} }, clock, timer: clock },
    ...{ newId: testIds(clock), log: () => {}, services: testServices() },
  })
  await core.start({ leads: false })
  const system = { person: null, device: 'test', assurance: 'system', system: true } as const
  const setup = {
    ...{ name: 'Test company', zone: 'Europe/Berlin', currency: 'EUR', demo: false },
    admin: { name: 'Ada', email: 'ada@example.com' },
  }
  await core.call(contract.workspace.setup.create, setup, system)
  for (const [name, value] of [
    ['notify.mailHost', '127.0.0.1'],
    ['notify.mailPort', mail.port],
    ['notify.mailSecurity', 'none'],
    ['notify.mailFrom', 'billing@example.com'],
  ] as const)
    await core.call(contract.workspace.settings.set, { name, value }, system)
  await store.write(WORKSPACE, 'job', async tx => {
    for (let number = 0; number < MESSAGES; number++) {
      const id = uuidv7(Number(clock.now()) + number, new Uint8Array(10).fill(number))
      await notify(tellingOutside(tx, id, clock.now()), {
        topic: invoiceSent,
        to: [{ email: `c${number}@customer.example`, name: `Customer ${number}`, language: 'en' }],
        params: { ...invoiceSent.example, number: `INV-${number}` },
        onceKey: `invoice:${number}`,
      })
    }
  })
  await core.close()
  return { path, store, remove }
}
