import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { startBackend } from '#backend/start-backend.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { testConfig } from '#test/kit/backend-kit.ts'

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'
/** Commands that are answered before the server is killed. */
const ANSWERED = [1, 7, 40]

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

it.each(ANSWERED)(
  'a server on PGlite that is killed after %i answers has each of them at its next start',
  async count => {
    const config = await testConfig()
    undo.push(() => rmSync(config.home, { recursive: true, force: true }))
    const child = fork(fileURLToPath(new URL('server-child.ts', import.meta.url)), { stdio: 'inherit' })
    undo.push(() => child.kill('SIGKILL'))
    const answered: string[] = []
    let person = ''
    const ended = new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)))
    child.on('message', (told: { id: string; person: string }) => {
      answered.push(told.id)
      person = told.person
      if (answered.length === count) child.kill('SIGKILL')
    })
    child.send({ config, workspace: WORKSPACE })
    expect(await ended).toBe('SIGKILL')

    const backend = await startBackend(config, { log: () => {}, environment: {}, processMetrics: false })
    undo.push(backend.close)
    const core = await backend.workspaces.open(WORKSPACE)
    const admin: Caller = { person, device: 'test', assurance: 'unattested' }
    const { views } = await core.call(contract.workspace.views.list, { page: 'finops.costs' }, admin)
    expect(views.map(view => view.id)).toEqual(expect.arrayContaining(answered))
    const { problem, entries } = await core.call(contract.workspace.log.verify, {}, admin)
    expect(problem).toBeNull()
    // The one that was under way when it was killed is there as a whole, or not at all.
    expect(Number(entries)).toBe(views.length + 1)
  },
)
