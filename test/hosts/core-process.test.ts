import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CORE_EXIT } from '#main/host/desktop-core/run-core-process.ts'
import { workspacePaths } from '#main/host/workspace/layout.ts'
import type { Client } from '#serving/client.ts'
import { FromCore, type ToCore } from '#shared/core-process-protocol.ts'
import { startChild, type TestChild } from './child.ts'

const PASSPHRASE = 'four unrelated words here'
const NO_KEYCHAIN = { available: false, reason: 'missing' } as const

let root: string
let dir: string
let cores: TestCore[]
let children: TestChild[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-core-'))
  vi.stubEnv('QUARTERDECK_HOME', root)
  dir = join(root, 'w')
  cores = []
  children = []
})
afterEach(async () => {
  for (const core of cores) await core.worker.terminate()
  await Promise.all(children.map(child => child.kill()))
  rmSync(root, { recursive: true, force: true })
})

type Of<T extends FromCore['type']> = Extract<FromCore, { type: T }>

/** The main process's side of a core process. */
class TestCore {
  readonly worker = new Worker(new URL('./core-worker.ts', import.meta.url), {
    stderr: true,
  })
  readonly said: FromCore[] = []
  readonly exited = new Promise<number>(resolve => this.worker.once('exit', resolve))
  #taken = 0

  constructor() {
    cores.push(this)
    this.worker.on('message', message => this.said.push(FromCore.parse(message)))
    this.worker.on('error', () => {})
  }

  send(message: ToCore, port?: MessagePort): void {
    const ports = port ? [port] : []
    this.worker.postMessage({ data: message, ports }, ports)
  }

  open(keychain: Extract<ToCore, { type: 'open' }>['keychain'] = NO_KEYCHAIN): void {
    this.send({ type: 'open', workspaceDir: dir, generation: 1, appVersion: '1.2.3', keychain })
  }

  /** The next message of this kind that was not waited for yet. */
  async next<T extends FromCore['type']>(type: T): Promise<Of<T>> {
    let found = -1
    await expect
      .poll(
        () => {
          found = this.said.findIndex((message, i) => i >= this.#taken && message.type === type)
          return found
        },
        { timeout: 60_000 },
      )
      .not.toBe(-1)
    this.#taken = found + 1
    return this.said[found] as Of<T>
  }

  connect(window: number): { client: Client; port: MessagePort } {
    const { port1, port2 } = new MessageChannel()
    this.send({ type: 'connect', window }, port2)
    const client = createORPCClient(new RPCLink({ port: port1 as never })) as Client
    port1.start()
    return { client, port: port1 }
  }
}

type NewSecret = Extract<ToCore, { type: 'create-key' }>['secret']

/** A core process with a workspace that was just made: with a key file, because passphrases are slow on purpose. */
async function ready(secret: NewSecret = { kind: 'key-file' }): Promise<TestCore> {
  const core = new TestCore()
  core.open()
  await core.next('needs-key')
  core.send({ type: 'create-key', secret })
  await core.next('ready')
  return core
}

const about = (client: Client) => client.host.about({})

describe('the core process', () => {
  it('makes a workspace, serves windows that connected before and after, and quits', async () => {
    const core = new TestCore()
    const early = core.connect(1)
    core.open()
    expect(await core.next('needs-key')).toEqual({ type: 'needs-key', creating: true, slots: [] })
    core.send({ type: 'create-key', secret: { kind: 'passphrase', passphrase: PASSPHRASE } })
    expect(await core.next('ready')).toMatchObject({ generation: 1, workspace: { name: '' } })
    expect(await about(early.client)).toMatchObject({ host: 'desktop', version: '1.2.3' })
    expect(await about(core.connect(2).client)).toMatchObject({ workspaceDir: dir })
    core.send({ type: 'quit' })
    expect(await core.exited).toBe(CORE_EXIT.quit)
    expect(existsSync(workspacePaths(dir).owner)).toBe(false)
  })

  it('asks again for the secret until it opens', async () => {
    const first = await ready({ kind: 'passphrase', passphrase: PASSPHRASE })
    first.send({ type: 'quit' })
    await first.exited
    const core = new TestCore()
    core.open()
    const asked = await core.next('needs-key')
    expect(asked).toEqual({
      type: 'needs-key',
      creating: false,
      slots: [{ kind: 'passphrase', hint: 'passphrase' }],
    })
    core.send({ type: 'unlock', secret: { kind: 'passphrase', passphrase: 'wrong words, all of them' } })
    expect(await core.next('needs-key')).toMatchObject({ problem: 'wrong-secret' })
    core.send({ type: 'unlock', secret: { kind: 'key-file', path: join(root, 'none.key') } })
    expect(await core.next('needs-key')).toMatchObject({ problem: 'wrong-secret' })
    core.send({ type: 'unlock', secret: { kind: 'passphrase', passphrase: PASSPHRASE } })
    await core.next('ready')
  })

  it('keeps its key with the keychain that main lends it, and survives its refusal', async () => {
    const keychain = { available: true, backend: 'gnome_libsecret' } as const
    const mask = (bytes: Uint8Array) => bytes.map(byte => byte ^ 0x5a)
    const core = new TestCore()
    core.open(keychain)
    await core.next('needs-key')
    core.send({ type: 'create-key', secret: { kind: 'keychain' } })
    const wrap = await core.next('wrap-key')
    core.send({ type: 'keychain-failed', request: wrap.request, reason: 'the person said no' })
    expect(await core.next('needs-key')).toMatchObject({ creating: true, problem: 'keychain-failed' })
    core.send({ type: 'create-key', secret: { kind: 'keychain' } })
    const again = await core.next('wrap-key')
    core.send({ type: 'key-wrapped', request: again.request, wrapped: mask(again.key) })
    await core.next('ready')
    core.send({ type: 'quit' })
    await core.exited

    const second = new TestCore()
    second.open(keychain)
    expect(await second.next('needs-key')).toMatchObject({
      slots: [{ kind: 'keychain', hint: 'gnome_libsecret' }],
    })
    second.send({ type: 'unlock', secret: { kind: 'keychain' } })
    const unwrap = await second.next('unwrap-key')
    second.send({ type: 'key-unwrapped', request: unwrap.request, key: mask(unwrap.wrapped) })
    await second.next('ready')
  })

  it('quits while it waits for a key, without a word of failure', async () => {
    const core = new TestCore()
    core.open()
    await core.next('needs-key')
    core.send({ type: 'quit' })
    expect(await core.exited).toBe(CORE_EXIT.quit)
    expect(core.said.map(message => message.type)).not.toContain('fatal')
  })

  it('takes files that a person chose, by handle, and refuses what is none', async () => {
    const core = await ready()
    const path = join(root, 'bill.csv')
    writeFileSync(path, 'a,b\n')
    const handle = '0199aaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa'
    core.send({ type: 'grant-file', handle, mode: 'read', path, window: 1 })
    expect(await core.next('file-granted')).toEqual({ type: 'file-granted', handle })
    core.send({ type: 'grant-file', handle, mode: 'read', path: join(root, 'gone.csv'), window: 1 })
    expect(await core.next('file-refused')).toMatchObject({
      handle,
      reason: expect.stringContaining('gone.csv'),
    })
    core.send({ type: 'grant-file', handle: 'not-one', mode: 'read', path, window: 1 })
    expect(await core.next('file-refused')).toMatchObject({ handle: 'not-one' })
  })

  it('ends a window that is gone, and replaces the port of one that connects again', async () => {
    const core = await ready()
    const first = core.connect(1)
    await about(first.client)
    const closed = new Promise(resolve => first.port.once('close', resolve))
    const second = core.connect(1)
    await closed
    await about(second.client)
    const gone = new Promise(resolve => second.port.once('close', () => resolve('gone')))
    core.send({ type: 'disconnect', window: 1 })
    expect(await gone).toBe('gone')
  })

  it('says what cannot be mended by trying again, and ends', async () => {
    const first = await ready()
    first.send({ type: 'quit' })
    await first.exited
    rmSync(workspacePaths(dir).database)
    const core = new TestCore()
    core.open()
    expect(await core.next('fatal')).toMatchObject({ code: 'WORKSPACE_DATABASE_MISSING' })
    expect(await core.exited).toBe(CORE_EXIT.fatal)
  })

  it('ignores messages that are not of the protocol', async () => {
    const core = await ready()
    core.send({ type: 'nonsense' } as never)
    core.send({ type: 'connect', window: -1 } as never)
    expect(await about(core.connect(1).client)).toMatchObject({ host: 'desktop' })
  })

  it('is a client where another host owns the workspace, and ends when that one is killed', async () => {
    const owner = startChild('browser-child.ts', [dir, join(root, 'a.key')])
    children.push(owner)
    await owner.line(/^http/)
    const core = new TestCore()
    core.open()
    await core.next('ready')
    const { client } = core.connect(1)
    expect(await about(client)).toMatchObject({ host: 'browser host', pid: owner.pid, clients: 2 })
    await owner.kill('SIGKILL')
    expect(await core.exited).toBe(CORE_EXIT.ownerLost)
    // The next generation takes its place.
    const next = new TestCore()
    next.open()
    await next.next('needs-key')
    next.send({ type: 'unlock', secret: { kind: 'key-file', path: join(root, 'a.key') } })
    await next.next('ready')
    expect(await about(next.connect(1).client)).toMatchObject({ host: 'desktop' })
  })

  it('keeps its log closed to others, and without the passphrase', async () => {
    const core = await ready({ kind: 'passphrase', passphrase: PASSPHRASE })
    core.send({ type: 'quit' })
    await core.exited
    const log = join(workspacePaths(dir).logs, 'core.log')
    expect(statSync(log).mode & 0o777).toBe(0o600)
    expect(readFileSync(log, 'utf8')).not.toContain(PASSPHRASE)
  })
})
