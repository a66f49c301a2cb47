/** A process of its own that brings a bill in, and says on its output before each write what it is about to do. */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import { importsOver } from '#core/finops/imports/testing/import-kit.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { uuidv7 } from '#shared/ids.ts'
import { KEY } from '#test/kit/core-kit.ts'

const [path = '', folder = '', fileId = ''] = process.argv.slice(2)
const clock = { now: () => BigInt(Date.now()), monotonic: () => performance.now() }
const store = openSqliteStore({ path, key: KEY, monotonic: clock.monotonic, cacheKib: 4096 })
const { ask, jobs, close } = importsOver(
  store,
  clock,
  folder,
  { beforeChunk: (name, number) => void writeSync(1, `${number} ${name}\n`) },
  () => uuidv7(Date.now(), randomBytes(10)),
)
writeSync(1, '0 open\n')
await ask(contract.start, { fileId, fileName: fileId, mode: 'good-rows' })
await jobs.idle()
writeSync(1, 'end\n')
await close()
