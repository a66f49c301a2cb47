/**
 * A process of its own that closes a month and issues what came of it, and says on its output before each write
 * what it is about to do. Where a close was cut off, the core takes it up by itself when it starts.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createCore } from '#core/create-core.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import { uuidv7 } from '#shared/ids.ts'
import { KEY, testClock, testServices, WORKSPACE } from '#test/kit/core-kit.ts'
import { closeAndIssue } from './close-life.ts'

const [path = '', person = ''] = process.argv.slice(2)
const monotonic = () => performance.now()
const real = openSqliteStore({ path, key: KEY, monotonic, cacheKib: 4096 })
let writes = 0
const store: Store = {
  ...real,
  write(workspace, urgency, work) {
    writeSync(1, `${++writes} ${urgency}\n`)
    return real.write(workspace, urgency, work)
  },
}
const clock = testClock()
const core = createCore({
  ...{ workspace: WORKSPACE, store, clock, timer: clock, log: () => {}, services: testServices() },
  newId: () => uuidv7(Number(clock.now()), randomBytes(10)),
})
await core.start()
await closeAndIssue(core, { person, device: 'child', assurance: 'unattested' })
writeSync(1, 'end\n')
await core.close()
