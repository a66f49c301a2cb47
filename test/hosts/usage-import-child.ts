/** A process of its own that brings a file of usage in, or goes on with it, and tells each write before it begins. */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createCore } from '#core/create-core.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { KEY, testFiles, testServices, WORKSPACE } from '#test/kit/core-kit.ts'

const [path = '', file = '', mode = 'good-rows', person = '', order = 'import'] = process.argv.slice(2)
const clock = { now: () => BigInt(Date.now()), monotonic: () => performance.now() }
const store = openSqliteStore({ path, key: KEY, monotonic: clock.monotonic, cacheKib: 4096 })
const files = testFiles()
files.put('u', file)
let writes = 0
const core = createCore({
  workspace: WORKSPACE,
  store: {
    ...store,
    write(of, urgency, work) {
      writeSync(1, `${++writes}\n`)
      return store.write(of, urgency, work)
    },
  },
  clock,
  timer: { after: () => () => {} },
  newId: () => uuidv7(Date.now(), randomBytes(10)),
  log: () => {},
  services: { ...testServices(), files },
})
await core.start()
if (order === 'import') {
  await core.call(
    contract.billing.usage.import,
    { fileId: 'u', fileName: 'u.csv', mode: mode as 'good-rows' },
    { person, device: 'test', assurance: 'unattested' },
  )
}
await core.jobs.idle()
writeSync(1, 'end\n')
await core.close()
