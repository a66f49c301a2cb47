import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { startPgliteThread } from '#backend/database/pglite-thread.ts'
import { startBackend } from '#backend/start-backend.ts'
import { startWorker } from '#backend/threads/start-worker.ts'
import { contract } from '#shared/contract/index.ts'
import { emptyFolder, newCompany, testBackend } from '#test/kit/backend-kit.ts'
import { PATIENTLY } from '#test/kit/core-kit.ts'

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

describe('a server with nothing installed', () => {
  it('answers, keeps what it was told, and has it after a restart', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    expect(await (await fetch(`${backend.url}/healthz`)).json()).toMatchObject({ status: 'ok' })
    await newCompany(backend, WORKSPACE)
    await backend.close()

    const again = await startBackend(backend.config, { log: () => {}, environment: {} })
    undo.push(again.close)
    expect(await again.workspaces.list()).toEqual([WORKSPACE])
    const core = await again.workspaces.open(WORKSPACE)
    const state = await core.call(
      contract.workspace.setup.state,
      {},
      { person: null, device: 'test', assurance: 'system', system: true },
    )
    expect(state).toMatchObject({ name: 'Test company', state: 'real' })
  })

  it('refuses a workspace that is not there', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    await expect(backend.workspaces.open(WORKSPACE)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
      data: { entity: 'workspace', id: WORKSPACE },
    })
  })

  it('leaves the folder of another server alone, and says so', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    await expect(startBackend(backend.config, { log: () => {}, environment: {} })).rejects.toThrow(
      `Another Quarterdeck server uses ${backend.config.home}`,
    )
    expect((await fetch(`${backend.url}/healthz`)).status).toBe(200)
  })

  it('computes jobs and heavy questions in threads of their own', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    const { core, admin } = await newCompany(backend, WORKSPACE)
    const { jobId } = await core.call(
      contract.billing.close.start,
      { period: '2026-10', dryRun: true },
      admin,
    )
    await core.jobs.idle()
    expect(await core.call(contract.workspace.jobs.get, { jobId }, admin)).toMatchObject({ state: 'done' })
    const { threads } = await core.call(contract.workspace.diagnostics.get, {}, admin)
    expect(threads.map(({ role, state }) => [role, state])).toEqual([
      ['job', 'ended'],
      ['reader', 'running'],
    ])
  })
})

describe('the thread of PGlite', () => {
  async function thread() {
    const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-pglite-'))
    cpSync(await emptyFolder(), dir, { recursive: true })
    const workers: Worker[] = []
    const failures: Error[] = []
    const messages: string[] = []
    let restarts = 0
    const made = await startPgliteThread({
      dir,
      log: (_, message) => void messages.push(message),
      restarted: () => void restarts++,
      failed: error => void failures.push(error),
      start(data) {
        const worker = startWorker(data)
        workers.push(worker)
        return worker
      },
    })
    undo.push(() => rmSync(dir, { recursive: true, force: true }), made.close)
    return { ...made, workers, failures, messages, restarts: () => restarts }
  }

  it('is started again when it crashes: what was committed is there, what was under way fails', async () => {
    const { source, workers, messages, restarts } = await thread()
    const before = await source.connect()
    await before.query('CREATE TABLE kept (number bigint PRIMARY KEY)', [])
    await before.query('INSERT INTO kept VALUES ($1)', [1n])
    await before.query('BEGIN', [])
    await before.query('INSERT INTO kept VALUES ($1)', [2n])
    await workers[0]!.terminate()
    await expect(before.query('COMMIT', [])).rejects.toThrow('the thread of the database ended')
    await expect.poll(restarts, PATIENTLY).toBe(1)
    expect(messages).toEqual(['the thread of the database ended', 'the thread of the database runs again'])
    const after = await source.connect()
    expect((await after.query('SELECT number FROM kept', [])).rows).toEqual([{ number: 1n }])
    after.release()
  })

  it('gives up when it crashes again and again', async () => {
    const { workers, failures, restarts } = await thread()
    await workers[0]!.terminate()
    await expect.poll(restarts, PATIENTLY).toBe(1)
    await workers[1]!.terminate()
    await expect.poll(restarts, PATIENTLY).toBe(2)
    await workers[2]!.terminate()
    await expect
      .poll(() => failures.map(error => error.message), PATIENTLY)
      .toEqual(['The database ended 3 times within a minute, at last with: exit code 1'])
    expect(workers).toHaveLength(3)
  })

  it('takes back the session of a thread that is gone', async () => {
    const { source, port } = await thread()
    const { remoteSource } = await import('#core/database/remote-source.ts')
    const { overMessagePort } = await import('#backend/threads/message-port.ts')
    const other = remoteSource(overMessagePort(port()))
    const held = await other.connect()
    await held.query('CREATE TABLE one (number bigint)', [])
    await held.query('BEGIN', [])
    await held.query('INSERT INTO one VALUES (1)', [])
    const takes = (['job', 'person'] as const).map(async urgency => {
      const session = await source.connect(urgency)
      const { rows } = await session.query('SELECT number FROM one', [])
      session.release()
      return rows
    })
    await other.close()
    expect(await Promise.all(takes)).toEqual([[], []])
  })

  it('says what the database objects to, by its code', async () => {
    const { source } = await thread()
    const session = await source.connect()
    await session.query('CREATE TABLE one (number bigint CONSTRAINT only_one UNIQUE)', [])
    await session.query('INSERT INTO one VALUES (1)', [])
    await expect(session.query('INSERT INTO one VALUES (1)', [])).rejects.toMatchObject({
      code: '23505',
      constraint: 'only_one',
    })
    session.release()
  })
})
