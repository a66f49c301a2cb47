/**
 * A process of its own that sends what waits in the queue, and ends when nothing is left. It may be killed at
 * any moment.
 */
import { randomBytes } from 'node:crypto'
import { createCore } from '#core/create-core.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import { uuidv7 } from '#shared/ids.ts'
import { KEY, testServices, WORKSPACE } from '#test/kit/core-kit.ts'

const [path = '', ahead = '0'] = process.argv.slice(2)
const now = () => BigInt(Date.now() + Number(ahead))
const monotonic = () => performance.now()
const store = openSqliteStore({ path, key: KEY, monotonic, cacheKib: 4096 })
const core = createCore({
  ...{ workspace: WORKSPACE, store, clock: { now, monotonic }, log: () => {}, services: testServices() },
  timer: {
    after(milliseconds, call) {
      const timeout = setTimeout(call, milliseconds)
      return () => clearTimeout(timeout)
    },
  },
  newId: () => uuidv7(Number(now()), randomBytes(10)),
})
await core.start()
for (;;) {
  await core.background.idle()
  const open = await store.read(WORKSPACE, ({ db }) =>
    db
      .selectFrom('effects')
      .select('id')
      .where('state', '=', 'waiting')
      .where('not_before', '<=', now())
      .limit(1)
      .executeTakeFirst(),
  )
  if (!open) break
  core.background.effectsChanged()
}
await core.close()
process.exit(0)
