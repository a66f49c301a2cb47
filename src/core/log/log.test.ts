import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore, WORKSPACE } from '#test/kit/core-kit.ts'
import { ed25519Signer, ed25519Verify, keyIdOf } from './ed25519.ts'
import { type HeadKeeper, headBytes, type SignedHead } from './head.ts'
import type { LogHeadServices } from './head-signer.ts'
import { BEGINNING, checkEntries, checkHeads, firstOf, type LogProblem } from './verify.ts'

const { head, verify } = contract.workspace.log
const { people } = contract.workspace

/** Heads in memory: what a host keeps in a file elsewhere. */
function memoryKeeper(): HeadKeeper & { heads: SignedHead[]; broken: boolean } {
  const heads: SignedHead[] = []
  return {
    heads,
    broken: false,
    async keep(one) {
      if (this.broken) throw new Error('the file is not there')
      heads.push(one)
    },
    kept: async () => heads,
  }
}

const signer = ed25519Signer(new Uint8Array(32).fill(1))

describe.each(DATABASES)('the log and its heads on %s', database => {
  let t: TestCore
  let keeper: ReturnType<typeof memoryKeeper>
  let services: LogHeadServices
  beforeEach(async () => {
    keeper = memoryKeeper()
    services = { signer, keeper, trusted: new Map() }
    t = await testCore(database, { logHeads: services })
  })
  afterEach(() => t.close())

  const add = (name: string, caller: Caller = t.admin) =>
    t.core.call(people.add, { name, email: `${name}@example.com`, roles: ['ops'] }, caller)
  /** Lets the moment pass for which commits are gathered, and waits for the head of this version. */
  const signed = (version: bigint) =>
    vi.waitFor(() => {
      t.clock.advance(200)
      expect(keeper.heads.at(-1)?.version).toBe(version)
    }, PATIENTLY)
  const check = () => t.core.call(verify, {}, t.admin)
  const change = (work: (tx: Parameters<Parameters<TestCore['store']['write']>[2]>[0]) => Promise<unknown>) =>
    t.store.write(WORKSPACE, 'person', async tx => void (await work(tx)))

  it('workspace.log.head: signs the newest entry after commits, once for all of a moment', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map(name => add(name)))
    await signed(5n)
    expect(keeper.heads.length).toBeLessThan(5)
    const { head: newest } = await t.core.call(head, {}, t.admin)
    expect(newest).toEqual(keeper.heads.at(-1))
    const bytes = headBytes(WORKSPACE, newest!)
    expect(new TextDecoder().decode(bytes)).toBe(
      `{"domain":"quarterdeck/log-head/1","hash":"${newest!.hash}","keyId":"${signer.keyId}",` +
        `"signedAt":{"$int":"${newest!.signedAt}"},"version":{"$int":"5"},"workspace":"${WORKSPACE}"}`,
    )
    expect(await ed25519Verify(signer.publicKey, bytes, Buffer.from(newest!.signature, 'hex'))).toBe(true)
    expect(newest!.keyId).toBe(keyIdOf(signer.publicKey))
  })

  it('workspace.log.verify: finds nothing in an untouched log, refusals and gaps in the versions included', async () => {
    await add('a')
    await add('a').catch(() => {})
    await change(tx => tx.db.updateTable('workspace_state').set({ version: 40n }).execute())
    await add('b')
    await signed(41n)
    expect(await check()).toMatchObject({
      entries: 4n,
      end: { version: 41n },
      signedUpTo: 41n,
      problem: null,
    })
    expect(await t.core.call(verify, {}, t.as('nobody')).catch(error => error.code)).toBe('WORKSPACE_NOBODY')
  })

  it('workspace.log.verify: finds a cut end by the heads that are kept elsewhere', async () => {
    await add('a')
    await add('b')
    await signed(3n)
    await change(async tx => {
      await tx.db.deleteFrom('command_log').where('version', '>', 2n).execute()
      await tx.db.deleteFrom('log_heads').where('version', '>', 2n).execute()
    })
    expect((await check()).problem).toEqual({ kind: 'cut', version: 3n })
    await change(async tx => {
      await tx.db.deleteFrom('command_log').execute()
      await tx.db.deleteFrom('log_heads').execute()
    })
    const nothing = await check()
    expect(nothing).toMatchObject({ entries: 0n, end: null, heads: 0n })
    expect(nothing.problem?.kind).toBe('cut')
  })

  it('workspace.log.verify: finds a log that was written anew, with hashes that fit', async () => {
    await add('a')
    await signed(2n)
    const other = await testCore('sqlite')
    await other.core.call(
      people.add,
      { name: 'Mallory', email: 'm@example.com', roles: ['ops'] },
      other.admin,
    )
    const entries = await other.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').selectAll().execute(),
    )
    await other.close()
    await change(async tx => {
      await tx.db.deleteFrom('command_log').execute()
      for (const { workspace: _, ...entry } of entries as ((typeof entries)[0] & { workspace: string })[])
        await tx.db.insertInto('command_log').values(entry).execute()
    })
    expect((await check()).problem).toEqual({ kind: 'head-differs', version: 2n })
  })

  it('workspace.log.verify: finds forged, foreign and removed heads', async () => {
    await add('a')
    await signed(2n)
    const good = keeper.heads.at(-1)!
    keeper.heads[keeper.heads.length - 1] = { ...good, signedAt: good.signedAt + 1n }
    expect((await check()).problem).toEqual({ kind: 'signature', version: 2n })
    keeper.heads[keeper.heads.length - 1] = { ...good, signature: 'ff' }
    expect((await check()).problem).toEqual({ kind: 'signature', version: 2n })
    keeper.heads[keeper.heads.length - 1] = { ...good, keyId: '0'.repeat(64) }
    expect((await check()).problem).toEqual({ kind: 'unknown-key', version: 2n })
    keeper.heads[keeper.heads.length - 1] = good
    await change(tx => tx.db.deleteFrom('log_heads').where('version', '=', 2n).execute())
    expect((await check()).problem).toEqual({ kind: 'head-removed', version: 2n })
  })

  it('accepts heads of earlier keys that are still trusted', async () => {
    const old = ed25519Signer(new Uint8Array(32).fill(2))
    await add('a')
    await signed(2n)
    const { signature: _, ...unsigned } = keeper.heads.at(-1)!
    const moved = { ...unsigned, keyId: old.keyId }
    const signature = Buffer.from(await old.sign(headBytes(WORKSPACE, moved))).toString('hex')
    keeper.heads[keeper.heads.length - 1] = { ...moved, signature }
    expect((await check()).problem?.kind).toBe('unknown-key')
    ;(services.trusted as Map<string, Uint8Array>).set(old.keyId, old.publicKey)
    expect((await check()).problem).toBeNull()
  })

  it('keeps at the next start what could not be kept elsewhere', async () => {
    await signed(1n)
    keeper.broken = true
    await add('a')
    t.clock.advance(200)
    t.clock.advance(200)
    await vi.waitFor(async () => expect((await check()).heads).toBe(2n), PATIENTLY)
    expect(keeper.heads.map(one => one.version)).toEqual([1n])
    keeper.broken = false
    await t.core.start()
    expect(keeper.heads.map(one => one.version)).toEqual([1n, 2n])
    expect((await check()).problem).toBeNull()
  })

  it('names the first version that was changed, whatever was changed', { timeout: 120_000 }, async () => {
    const undone = await add('a')
    await t.core.call(people.setRoles, { personId: undone.id, roles: ['analyst'] }, t.admin)
    for (const name of ['b', 'c', 'd']) await add(name)
    await add('d').catch(() => {})
    await signed(7n)
    type Entry = Record<string, unknown> & { version: bigint }
    const entries = (await t.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').selectAll().orderBy('version').execute(),
    )) as unknown as Entry[]
    const columns = Object.keys(entries[0]!).filter(name => name !== 'workspace' && name !== 'version')
    const other = (value: unknown, name: string): unknown => {
      if (name === 'outcome') return value === 'done' ? 'refused' : 'done'
      return typeof value === 'bigint' ? value + 1n : `${value ?? ''}0`
    }
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: entries.length - 1 }),
        fc.constantFrom('remove', 'swap', 'move', ...columns),
        async (index, what) => {
          const { version } = entries[index]!
          const found: { problem?: LogProblem | null } = {}
          const only = new Error('only to look')
          const at = (one: bigint) => (tx: Parameters<Parameters<typeof change>[0]>[0]) =>
            tx.db.updateTable('command_log').where('version', '=', one)
          // Looked at within the transaction that changed it, which is then rolled back.
          const outcome = await t.store
            .write(WORKSPACE, 'person', async tx => {
              const set = (one: bigint, values: object) => at(one)(tx).set(values).execute()
              if (what === 'remove')
                await tx.db.deleteFrom('command_log').where('version', '=', version).execute()
              else if (what === 'move') await set(version, { version: version + 100n })
              else if (what === 'swap') {
                const next = entries[(index + 1) % entries.length]!.version
                await set(version, { version: 1000n })
                await set(next, { version })
                await set(1000n, { version: next })
              } else await set(version, { [what]: other(entries[index]![what], what) })
              const rows = await tx.db.selectFrom('command_log').selectAll().orderBy('version').execute()
              found.problem = walk(rows, keeper.heads)
              throw only
            })
            .catch(error => error)
          expect(outcome).toBe(only)
          const last = index === entries.length - 1
          const following = entries[(index + 1) % entries.length]!.version
          const expected = {
            remove: { kind: last ? 'cut' : 'broken', version: last ? version : following },
            move: last
              ? { kind: 'changed', version: version + 100n }
              : { kind: 'broken', version: following },
            swap: { kind: 'changed', version: last ? following : version },
          }[what as 'remove']
          expect(found.problem).toEqual(expected ?? { kind: 'changed', version })
        },
      ),
      { numRuns: 80 },
    )
    expect((await check()).problem).toBeNull()
  })
})

function walk(rows: readonly unknown[], kept: readonly SignedHead[]): LogProblem | null {
  const { good, problem } = checkEntries(WORKSPACE, BEGINNING, rows as never)
  const hashes = new Map(good.map(one => [one.version, one.hash]))
  return problem ?? checkHeads(hashes, good.at(-1)?.version ?? -1n, kept, kept)
}

describe('the first of several problems', () => {
  it('is the one with the lowest version', () => {
    const at = (version: bigint) => ({ kind: 'cut' as const, version })
    expect(firstOf(null, at(5n), null, at(3n), at(4n))).toEqual(at(3n))
    expect(firstOf(null, null)).toBeNull()
  })
})

describe('without a signer', () => {
  it('the chain is still checked, and nothing says that the end is all there', async () => {
    const t = await testCore('sqlite')
    expect(await t.core.call(verify, {}, t.admin)).toMatchObject({
      entries: 1n,
      signedUpTo: null,
      problem: null,
    })
    await t.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('command_log').set({ device: 'another' }).execute()
    })
    expect((await t.core.call(verify, {}, t.admin)).problem).toEqual({ kind: 'changed', version: 1n })
    await t.close()
  })
})
