import { expect, it } from 'vitest'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryThread } from '#test/kit/memory-thread.ts'
import { prepareWorkspace } from '../database/prepare.ts'
import type { Caller } from './handlers.ts'
import { runThread, type ThreadHost } from './thread-entry.ts'
import { createPeer } from './threads.ts'

const clock = testClock()
const host: ThreadHost = { now: clock.now, monotonic: clock.monotonic, environment: {} }
const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
const reader = { role: 'reader', database: null, workspace: WORKSPACE } as const

it('a thread that is told of no database reads the one that its host knows, and gives it back', async () => {
  const { store, remove } = await testStore('sqlite', clock)
  await prepareWorkspace(store, WORKSPACE, 'standalone', 5n)
  const { here, there } = memoryThread()
  let closed = 0
  const openStore = () => ({ read: store.read, close: async () => void closed++ })
  runThread(there, reader, { ...host, openStore })
  const question = {
    ...{ id: 'workspace.log.check', input: { after: { version: -1n, hash: '0'.repeat(64) } } },
    ...{ caller: system, now: 1n },
  }
  expect(await createPeer(here, {}).ask('query', question)).toMatchObject({ value: { problem: null } })
  expect(closed).toBe(0)
  here.close()
  expect(closed).toBe(1)
  await store.close()
  await remove()
})

it('a host that knows of no database has no such threads', () => {
  expect(() => runThread(memoryThread().there, reader, host)).toThrow('this host has no database')
})

it('a thread for documents answers to nothing but printing', async () => {
  const { here, there } = memoryThread()
  runThread(there, { role: 'documents' }, host)
  const peer = createPeer(here, {})
  await expect(peer.ask('query', {})).rejects.toThrow('no answer to query')
  // An invoice without a seller cannot be laid out: that it was tried says that somebody prints.
  await expect(peer.ask('print', {})).rejects.not.toThrow('no answer to print')
})
