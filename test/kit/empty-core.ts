import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import {
  type TestDatabase,
  testClock,
  testFiles,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from './core-kit.ts'

export const nobody: Caller = { person: null, device: 'test', assurance: 'unattested' }

/** A core over an empty workspace, as the first page of the application finds it. */
export async function emptyCore(database: TestDatabase) {
  const clock = testClock()
  const { store, remove } = await testStore(database, clock)
  await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  const files = testFiles()
  files.put('bill', '/nowhere/bill.csv')
  const core = createCore({
    workspace: WORKSPACE,
    store,
    clock,
    timer: clock,
    newId: testIds(clock),
    log: () => {},
    services: { ...testServices(), files },
  })
  await core.start()
  const as = (person: string): Caller => ({ ...nobody, person })
  return {
    core,
    as,
    store,
    /** Cancels a job and waits for its end. */
    async cancel(jobId: string, by: Caller) {
      await core.call(contract.workspace.jobs.cancel, { jobId }, by)
      await core.jobs.idle()
      return (await core.call(contract.workspace.jobs.get, { jobId }, by)).state
    },
    async close() {
      await core.close()
      await remove()
    },
  }
}
