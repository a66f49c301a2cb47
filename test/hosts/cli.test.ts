import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeExclusiveLock } from '#core/database/exclusive-lock.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { EXIT, exitCodeOf } from '#main/host/cli/exit-codes.ts'
import { runCli } from '#main/host/cli.ts'
import { openKeyRing } from '#main/host/keys/key-ring.ts'
import { ensureFolders, workspacePaths } from '#main/host/workspace/layout.ts'
import { startChild, type TestChild } from './child.ts'

let root: string
let dir: string
let children: TestChild[]

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qd-cli-'))
  dir = join(root, 'w')
  children = []
  vi.stubEnv('QUARTERDECK_HOME', root)
})
afterEach(async () => {
  await Promise.all(children.map(child => child.kill()))
  rmSync(root, { recursive: true, force: true })
})

interface Ran {
  code: number
  out: string
  err: string
  json: never
}

async function run(...args: string[]): Promise<Ran> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? ''
  stdin.end()
  const code = await runCli(
    args,
    { version: '1.2.3' },
    {
      ...{ stdout: stdout as never, stderr: stderr as never, stdin: stdin as never },
      env: process.env,
      cwd: () => root,
    },
  )
  const [out, err] = [text(stdout), text(stderr)]
  const isJson = args.includes('--json') && out !== ''
  return { code, out, err, json: (isJson ? JSON.parse(out) : undefined) as never }
}

/** The same on the workspace of this test. */
const q = (...args: string[]) => run('--workspace', dir, '--quiet', ...args)
const errorOf = ({ err }: Ran) => JSON.parse(err).error as { code: string; message: string }

async function setUp(): Promise<void> {
  const { code, err } = await q(
    'setup',
    '--name',
    'Acme',
    '--admin',
    'Ada <ada@example.com>',
    '--zone',
    'UTC',
  )
  expect(err).toBe('')
  expect(code).toBe(EXIT.ok)
}

async function confirmRecovery(): Promise<void> {
  const { recoveryKey } = (await q('keys', 'recovery', '--json')).json as { recoveryKey: string }
  expect((await q('keys', 'recovery', '--confirm', recoveryKey)).code).toBe(EXIT.ok)
}

const HEAD =
  'BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeClass,ChargeDescription,ChargeFrequency,ChargePeriodEnd,ChargePeriodStart,ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,ProviderName,PublisherName,RegionId,ServiceCategory,ServiceName,SkuId,SubAccountId,Tags\n'
function bill(rows: readonly (readonly [day: string, service: string, cost: string])[]): string {
  const path = join(root, 'bill.csv')
  const lines = rows.map(
    ([day, service, cost]) =>
      `${cost},1,Main,USD,2026-11-01T00:00:00Z,2026-10-01T00:00:00Z,Usage,,use,Usage-Based,2026-10-${day}T01:00:00Z,2026-10-${day}T00:00:00Z,${cost},${cost},AWS,${cost},1,Hours,AWS,AWS,eu,Compute,${service},sku,2,"{}"\n`,
  )
  writeFileSync(path, HEAD + lines.join(''))
  return path
}

describe('the command line', () => {
  it('teaches: every command has help with a description', async () => {
    const { out, code } = await run('--help')
    expect(code).toBe(EXIT.ok)
    expect(out).toContain('Exit codes:')
    for (const command of out.matchAll(/^ {2}([a-z]+)\b.* {2}\S/gm)) {
      const help = await run(command[1]!, '--help')
      expect(help.code, command[1]).toBe(EXIT.ok)
      expect(help.out).toContain('Usage: quarterdeck')
    }
    expect((await run('--version')).out).toBe('1.2.3\n')
  })

  it('ends with 2 for a wrong command line, and says what is wrong on standard error', async () => {
    for (const args of [
      ['frob'],
      ['import'],
      ['costs', '--measure', 'x'],
      ['costs', '--by', 'a b'],
      ['--frob'],
      ['-w', 'no name!', 'people'],
    ]) {
      const { code, out, err } = await run(...args)
      expect([args, code]).toEqual([args, EXIT.usage])
      expect(out).toBe('')
      expect(err).not.toBe('')
    }
    expect((await run('cots')).err).toContain('Did you mean costs?')
  })

  it('ends with 4 where there is no workspace, and makes none', async () => {
    const { code, err } = await q('people')
    expect(code).toBe(EXIT.notFound)
    expect(err).toContain('quarterdeck demo')
    expect(existsSync(dir)).toBe(false)
  })

  it('sets up, acts as the only person, and asks who where there are several', async () => {
    await setUp()
    expect((await q('setup', '--name', 'Again', '--admin', 'A <a@b.example>')).code).toBe(EXIT.refused)
    expect((await q('people', 'add', 'Grace Hopper', 'grace@example.com', '--roles', 'ops')).code).toBe(
      EXIT.ok,
    )
    expect((await q('jobs')).code).toBe(EXIT.usage)
    expect((await q('--as', 'nobody', 'jobs')).code).toBe(EXIT.notFound)
    for (const as of ['Grace Hopper', 'grace@example.com', 'GRACE@example.com'])
      expect((await q('--as', as, 'jobs')).code).toBe(EXIT.ok)
    vi.stubEnv('QUARTERDECK_AS', 'grace@example.com')
    const refused = await q('--json', 'people', 'add', 'X', 'x@example.com', '--roles', 'ops')
    expect(refused.code).toBe(EXIT.refused)
    expect(errorOf(refused).code).toBe('WORKSPACE_FORBIDDEN')
    const { out } = await q('people')
    expect(out).toMatch(/Ada +ada@example.com +admin, analyst/)
  })

  it('reads and sets settings, and takes no secret on the command line', async () => {
    await setUp()
    expect((await q('settings', 'set', 'finops.alertThresholds', '80,95')).out).toContain('80, 95')
    const list = (await q('settings', '--json')).json as { name: string; source: string; secret: boolean }[]
    expect(list.find(one => one.name === 'finops.alertThresholds')!.source).toBe('stored')
    expect((await q('settings', 'clear', 'finops.alertThresholds')).code).toBe(EXIT.ok)
    expect((await q('settings', 'set', 'no.such', '1')).code).toBe(EXIT.notFound)
    expect((await q('settings', 'set', 'finops.alertThresholds', 'many')).code).not.toBe(EXIT.ok)
    const secret = list.find(one => one.secret)!
    expect((await q('settings', 'set', secret.name, 'sk_live_x')).code).toBe(EXIT.usage)
  })

  it('lets no real data in before the recovery key is confirmed', async () => {
    await setUp()
    const path = bill([['01', 'EC2', '1.5']])
    const refused = await q('import', path)
    expect(refused.code).toBe(EXIT.refused)
    expect(refused.err).toContain('quarterdeck keys recovery')
    expect((await q('keys', 'recovery', '--confirm', 'AAAAA')).code).toBe(EXIT.refused)
    await confirmRecovery()
    expect((await q('import', path)).code).toBe(EXIT.ok)
  })

  it('brings a bill in, adds it up exactly, exports it and takes it back', async () => {
    await setUp()
    await confirmRecovery()
    const path = bill([
      ['01', 'EC2', '1.5'],
      ['02', 'EC2', '0.000000001'],
      ['02', 'S3', '2'],
    ])
    expect((await q('import', '--inspect', path)).out).toContain('3 lines')
    const [receipt] = (await q('import', path, '--json')).json as {
      id: string
      stored: string
      already: boolean
    }[]
    expect(receipt).toMatchObject({ stored: '3', already: false })
    const [again] = (await q('import', path, '--json')).json as { id: string; already: boolean }[]
    expect(again).toMatchObject({ id: receipt!.id, already: true })
    const costs = (await q('costs', '--by', 'service', '--from', '2026-10', '--json')).json as {
      rows: { keys: string[]; total: string }[]
      totals: { total: string }[]
    }
    expect(costs.rows.map(row => [row.keys[0], row.total])).toEqual([
      ['S3', '2'],
      ['EC2', '1.500000001'],
    ])
    expect(costs.totals[0]!.total).toBe('3.500000001')
    const where = await q(
      'costs',
      '--where',
      'service=EC2',
      '--grain',
      'day',
      '--from',
      '2026-10-01',
      '--to',
      '2026-10-02',
    )
    expect(where.out).toMatch(/EC2 +1\.50 +0\.00 +1\.50 +USD/)
    expect((await q('costs', '--lines', '1', '--from', '2026-10')).out).toContain('1 of 3 lines')
    const out = join(root, 'costs.csv')
    expect((await q('costs', '--from', '2026-10', '--export', out)).code).toBe(EXIT.ok)
    expect(readFileSync(out, 'utf8')).toContain('EC2')
    expect(readdirSync(workspacePaths(dir).staging)).toEqual([])
    expect((await q('costs', '--export', 'costs.pdf')).code).toBe(EXIT.usage)
    expect((await q('imports', 'undo', receipt!.id)).out).toContain('undone')
    expect((await q('imports')).out).toContain('undone')
    expect((await q('imports', 'show', '00000000-0000-7000-8000-000000000000')).code).toBe(EXIT.notFound)
  })

  it('refuses a bill with bad rows as a whole, lists them, or takes the good ones', async () => {
    await setUp()
    await confirmRecovery()
    const path = bill([
      ['01', 'EC2', '1.5'],
      ['02', '"=cmd()"', 'much'],
    ])
    const listed = join(root, 'problems.csv')
    const refused = await q('import', path, '--problems', listed)
    expect(refused.code).toBe(EXIT.refused)
    expect(readFileSync(listed, 'utf8')).toMatch(/refused,.*much/)
    expect((await q('import', path, '--mode', 'good-rows')).out).toContain('stored 1, refused 1')
    expect((await q('import', join(root, 'gone.csv'))).code).toBe(EXIT.notFound)
    expect((await q('import', root)).code).toBe(EXIT.notFound)
  })

  it('says what is the matter when there are no costs', async () => {
    await setUp()
    expect((await q('costs')).code).toBe(EXIT.notFound)
    expect((await q('costs', '--from', 'March')).code).toBe(EXIT.usage)
    expect((await q('costs', '--from', '2026-02', '--to', '2026-01')).code).toBe(EXIT.usage)
    expect((await q('costs', '--from', '2026-02')).out).toContain('No costs')
  })

  it('writes bills of the demo to a file that can be imported', async () => {
    await setUp()
    await confirmRecovery()
    const path = join(root, 'focus.csv')
    expect((await run('demo', '--export-focus', path, '--end-month', '2026-10')).code).toBe(EXIT.ok)
    expect((await q('import', '--inspect', path)).out).toContain('focus')
    expect((await run('demo', '--export-focus', join(root, 'no', 'x.csv'))).code).not.toBe(EXIT.ok)
    expect((await q('demo', '--remove')).code).toBe(EXIT.refused)
    expect((await q('demo')).code).toBe(EXIT.refused)
  })
})

describe('backup, restore and verify', () => {
  it('bring a workspace to another folder, and prove its log there', async () => {
    await setUp()
    const made = (await q('backup', join(root, 'backups'), '--json')).json as { path: string }
    await q('people', 'add', 'Grace', 'grace@example.com', '--roles', 'ops')
    expect((await run('restore', '--check', made.path)).code).toBe(EXIT.ok)
    const other = join(root, 'other')
    expect((await run('-q', '-w', other, 'restore', made.path)).code).toBe(EXIT.ok)
    const people = await run('-w', other, 'people', '--json')
    expect(people.json as unknown[]).toHaveLength(1)
    expect((await run('-w', other, 'verify')).code).toBe(EXIT.ok)
    expect((await q('--as', 'Ada', 'verify')).out).toContain('intact')
    const back = await run('-w', dir, 'restore', made.path)
    expect(back.err).toContain('before-restore')
    expect((await q('people', '--json')).json as unknown[]).toHaveLength(1)
    expect((await q('verify')).code).toBe(EXIT.ok)
  })

  it('refuse a damaged backup with 6, and a folder that is none with 4', async () => {
    await setUp()
    const { path } = (await q('backup', join(root, 'backups'), '--json')).json as { path: string }
    const bytes = readFileSync(join(path, 'workspace.db'))
    bytes[5000]! ^= 1
    writeFileSync(join(path, 'workspace.db'), bytes)
    expect((await run('-w', join(root, 'x'), 'restore', path)).code).toBe(EXIT.verification)
    expect(existsSync(join(root, 'x'))).toBe(false)
    expect((await run('restore', root)).code).toBe(EXIT.notFound)
    writeFileSync(join(root, 'file'), '')
    expect((await q('backup', join(root, 'file'))).code).toBe(EXIT.disk)
  })

  it('find an entry of the log that was changed behind its back', async () => {
    await setUp()
    const paths = workspacePaths(dir)
    const keyFile = readdirSync(join(root, 'keys')).find(name => name.startsWith('w-'))!
    const ring = await openKeyRing(
      paths.keys,
      { kind: 'key-file', path: join(root, 'keys', keyFile) },
      { now: () => '' },
    )
    const database = openSqlite({ path: paths.database, key: ring.key, monotonic: () => 0 }, 'write')
    database.exec("UPDATE command_log SET input = replace(input, 'Acme', 'Evil')")
    database.close()
    const { code, out } = await q('verify')
    expect(out).toContain('changed after it was written')
    expect(code).toBe(EXIT.verification)
  })
})

describe('keys', () => {
  it('list, add, remove and change, and never leave the workspace without a way in', async () => {
    await setUp()
    const list = async () =>
      ((await q('keys', '--json')).json as { slots: { id: string; kind: string }[] }).slots
    const [first] = await list()
    expect((await q('keys', 'remove', first!.id)).code).toBe(EXIT.refused)
    const secret = join(root, 'passphrase')
    writeFileSync(secret, 'four unrelated words here\n')
    expect((await q('keys', 'add', '--kind', 'passphrase', '--new-passphrase-file', secret)).code).toBe(
      EXIT.ok,
    )
    expect((await q('keys', 'remove', first!.id)).code).toBe(EXIT.ok)
    expect((await q('people')).code).toBe(EXIT.locked)
    expect((await q('--passphrase-file', secret, 'people')).code).toBe(EXIT.ok)
    writeFileSync(join(root, 'wrong'), 'some other words\n')
    expect((await q('--passphrase-file', join(root, 'wrong'), 'people')).code).toBe(EXIT.locked)
    vi.stubEnv('QUARTERDECK_PASSPHRASE_FILE', secret)
    expect((await q('keys', 'rekey')).code).toBe(EXIT.ok)
    expect((await q('people')).code).toBe(EXIT.ok)
    expect((await list()).map(slot => slot.kind)).toEqual(['passphrase'])
  })

  it('tell where the key file is missing, and when others may read it', async () => {
    await setUp()
    const [name] = readdirSync(join(root, 'keys')).filter(file => file.startsWith('w-'))
    const path = join(root, 'keys', name!)
    const { chmodSync } = await import('node:fs')
    chmodSync(path, 0o644)
    const exposed = await q('people')
    expect(exposed.code).toBe(EXIT.locked)
    expect(exposed.err).toContain('chmod 600')
    chmodSync(path, 0o600)
    renameSync(path, join(root, 'moved.key'))
    expect((await q('people')).code).toBe(EXIT.locked)
    expect((await q('--key-file', join(root, 'moved.key'), 'people')).code).toBe(EXIT.ok)
  })

  it('say plainly what a key file is worth when one is made', async () => {
    const { err } = await run('-w', dir, 'setup', '--name', 'Acme', '--admin', 'Ada <ada@example.com>')
    expect(err).toContain('It does not protect against this account')
  })
})

describe('beside another process', () => {
  it('runs in the one that has the workspace open', async () => {
    await setUp()
    const keyFile = join(root, 'keys', readdirSync(join(root, 'keys')).find(name => name.startsWith('w-'))!)
    const host = startChild('browser-child.ts', [dir, keyFile])
    children.push(host)
    await host.line(/^http/)
    const { host: about } = (await q('diagnose', '--json')).json as { host: { pid: number; clients: number } }
    expect(about).toMatchObject({ pid: host.pid, clients: 1 })
    await confirmRecovery()
    expect((await q('import', bill([['01', 'EC2', '1.5']]))).code).toBe(EXIT.ok)
    expect((await q('backup', join(root, 'backups'))).code).toBe(EXIT.ok)
    expect((await q('keys', 'rekey')).code).toBe(EXIT.busy)
    const [made] = readdirSync(join(root, 'backups'))
    expect((await q('restore', join(root, 'backups', made!))).code).toBe(EXIT.busy)
  })

  it('ends with 7 when that one does not answer', async () => {
    await setUp()
    const paths = workspacePaths(dir)
    ensureFolders(paths)
    const lock = takeExclusiveLock(paths.lock)!
    vi.stubEnv('QUARTERDECK_PATIENCE', '200')
    expect((await q('people')).code).toBe(EXIT.busy)
    lock.release()
  })

  it('cancels its job on Ctrl-C, ends with 130 and leaves nothing of it', async () => {
    await setUp()
    await confirmRecovery()
    const path = join(root, 'focus.csv')
    await run('demo', '--export-focus', path, '--end-month', '2026-10', '--months', '4')
    const child = startChild('cli-child.ts', ['-w', dir, 'import', path, '--json'])
    children.push(child)
    const running = async () => {
      const { json } = await q('jobs', '--json', '--limit', '1')
      return (json as { kind: string; state: string }[]).some(job => job.state === 'running')
    }
    await expect.poll(running, { timeout: 60_000, interval: 50 }).toBe(true)
    expect(await child.kill('SIGINT')).toBe(EXIT.interrupted)
    expect((await q('imports', '--json')).json as { state: string }[]).toEqual([])
    expect((await q('jobs', '--json', '--limit', '5')).json as { state: string }[]).toContainEqual(
      expect.objectContaining({ kind: 'finops.imports.start', state: 'cancelled' }),
    )
  }, 240_000)

  it('a kill -9 in the middle of an import leaves a workspace in which it begins again', async () => {
    await setUp()
    await confirmRecovery()
    const path = join(root, 'focus.csv')
    await run('demo', '--export-focus', path, '--end-month', '2026-10', '--months', '4')
    const child = startChild('cli-child.ts', ['-w', dir, 'import', path])
    children.push(child)
    await expect
      .poll(
        async () => ((await q('jobs', '--json', '--limit', '1')).json as { done: string }[])[0]?.done ?? '0',
        {
          timeout: 60_000,
          interval: 50,
        },
      )
      .not.toBe('0')
    await child.kill('SIGKILL')
    const jobs = (await q('jobs', '--json', '--limit', '5')).json as { id: string; kind: string }[]
    const job = jobs.find(one => one.kind === 'finops.imports.start')!
    expect((await q('jobs', 'wait', job.id)).code).toBe(EXIT.ok)
    const [receipt] = (await q('imports', '--json')).json as { state: string; refused: string }[]
    expect(receipt).toMatchObject({ state: 'published', refused: '0' })
    expect((await q('verify')).code).toBe(EXIT.ok)
  }, 240_000)
})

describe('exit codes', () => {
  it('follow from the code of a refusal', () => {
    expect(
      [
        'INTERRUPTED',
        'USAGE_DATE',
        'WORKSPACE_BAD_INPUT',
        'BACKUP_DAMAGED',
        'FINOPS_DISK_FULL',
        'OWNER_UNREACHABLE',
        'KEYS_LAST_SLOT',
        'KEYS_WRONG_SECRET',
        'KEYS_KEY_FILE_EXPOSED',
        'WORKSPACE_PASSPHRASE_WRONG',
        'WORKSPACE_NOT_FOUND',
        'FINOPS_FILE_GONE',
        'WORKSPACE_JOB_BUG',
        'FINOPS_ROWS_REFUSED',
        'WORKSPACE_FORBIDDEN',
      ].map(exitCodeOf),
    ).toEqual([130, 2, 2, 6, 8, 7, 3, 5, 5, 5, 4, 4, 1, 3, 3])
  })
})
