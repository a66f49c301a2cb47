import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { focusText } from '#engines/finops/bill/testing/read-text.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { DATABASES, WORKSPACE } from '#test/kit/core-kit.ts'
import { digestFile } from './bill-file.ts'
import { type ImportKit, importKit, type KitOptions } from './testing/import-kit.ts'

describe.each(DATABASES)('imports on %s', database => {
  let kit: ImportKit
  const open = async (options: KitOptions = {}) => {
    kit = await importKit(database, options)
    return kit
  }
  afterEach(() => kit.close())

  it('a bill comes in, with a receipt that proves itself', async () => {
    const { file, bring, ask, visible, bugs, stored, released } = await open()
    file(
      'sep.csv',
      focusText([
        { BilledCost: '0.00001605990', Tags: '{"team": "Core"}' },
        { BilledCost: '-2.5', BillingCurrency: 'JPY' },
        { BillingAccountId: '' },
      ]),
    )
    const { importId, already, jobId } = await bring('sep.csv')
    expect(bugs).toEqual([])
    expect(already).toBe(false)
    expect(released).toEqual(['sep.csv'])
    const receipt = await ask(contract.get, { importId })
    expect(receipt).toMatchObject({
      jobId,
      fileName: 'sep.csv',
      format: 'focus',
      version: '1.0',
      state: 'published',
      ...{ read: 3n, stored: 3n, refused: 0n, duplicates: 0n, compared: 3n },
      proof: expect.arrayContaining([
        {
          currency: 'USD',
          measure: 'billed',
          stored: '1.50001606',
          residual: '-0.0000000001',
          file: '1.5000160599',
        },
        { currency: 'JPY', measure: 'billed', stored: '-2.5', residual: '0', file: '-2.5' },
      ]),
      replaced: [],
    })
    expect(receipt.missing).toContain('ListCost')
    expect(await visible()).toEqual(['sep.csv: 1 lines of AWS -', 'sep.csv: 2 lines of AWS acc-1'])
    expect((await ask(contract.list, {})).imports.map(one => one.id)).toEqual([importId])
    expect(await stored()).toMatchObject({ imports: 1, batches: 2, problems: 0 })
  })

  it('gzip of several members is read as one file', async () => {
    const { file, bring, folder, visible } = await open()
    const text = focusText([{}, {}])
    const cut = text.indexOf('\n') + 1
    const parts = [text.slice(0, cut), text.slice(cut)].map(part => gzipSync(part))
    file('sep.csv.gz', Buffer.concat(parts))
    expect(folder).not.toBe('')
    await bring('sep.csv.gz')
    expect(await visible()).toEqual(['sep.csv.gz: 2 lines of AWS acc-1'])
  })

  it('the same file twice changes nothing and says so', async () => {
    const { file, bring, visible, stored, ask } = await open()
    file('a.csv', focusText([{}]))
    file('b.csv', focusText([{}]))
    const first = await bring('a.csv')
    const before = await stored()
    expect(await bring('b.csv')).toMatchObject({ importId: first.importId, already: true })
    expect(await stored()).toEqual(before)
    expect(await visible()).toEqual(['a.csv: 1 lines of AWS acc-1'])
    // Taken back, it is no longer in force, and comes in again.
    await ask(contract.undo, { importId: first.importId })
    expect(await bring('b.csv')).toMatchObject({ already: false })
    expect(await visible()).toEqual(['b.csv: 1 lines of AWS acc-1'])
  })

  it('another file of the same period is refused, replaces, or is added, as the person chose', async () => {
    const { file, bring, visible, ask, stored } = await open()
    file('a.csv', focusText([{}, {}]))
    file('b.csv', focusText([{ BilledCost: '9' }]))
    file('c.csv', focusText([{ BilledCost: '8' }]))
    const a = await bring('a.csv')
    await expect(bring('b.csv')).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_OVERLAP',
      data: { importId: a.importId },
    })
    expect(await visible()).toEqual(['a.csv: 2 lines of AWS acc-1'])
    expect(await stored()).toMatchObject({ imports: 1, batches: 1 })

    const b = await bring('b.csv', { overlap: 'replace' })
    expect(await visible()).toEqual(['b.csv: 1 lines of AWS acc-1'])
    expect(await ask(contract.get, { importId: b.importId })).toMatchObject({ replaced: [a.importId] })
    expect(await ask(contract.get, { importId: a.importId })).toMatchObject({ state: 'replaced' })

    const c = await bring('c.csv', { overlap: 'add' })
    expect(await visible()).toEqual(['b.csv: 1 lines of AWS acc-1', 'c.csv: 1 lines of AWS acc-1'])
    expect(await ask(contract.get, { importId: c.importId })).toMatchObject({ replaced: [] })
  })

  it('undo puts back what was replaced, redo takes it out again', async () => {
    const { file, bring, visible, ask } = await open()
    file('a.csv', focusText([{}, {}]))
    file('b.csv', focusText([{ BilledCost: '9' }]))
    file('c.csv', focusText([{ BilledCost: '8' }]))
    const a = await bring('a.csv')
    const b = await bring('b.csv', { overlap: 'replace' })
    await expect(ask(contract.undo, { importId: a.importId })).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_REPLACED',
      data: { by: b.importId },
    })
    await expect(ask(contract.redo, { importId: b.importId })).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_STATE',
      data: { state: 'published' },
    })
    expect(await ask(contract.undo, { importId: b.importId })).toMatchObject({ state: 'undone' })
    expect(await visible()).toEqual(['a.csv: 2 lines of AWS acc-1'])
    await expect(ask(contract.undo, { importId: b.importId })).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_STATE',
    })
    expect(await ask(contract.redo, { importId: b.importId })).toMatchObject({
      state: 'published',
      replaced: [a.importId],
    })
    expect(await visible()).toEqual(['b.csv: 1 lines of AWS acc-1'])
    await ask(contract.undo, { importId: b.importId })
    await ask(contract.undo, { importId: a.importId })
    expect(await visible()).toEqual([])

    // Something else came in meanwhile: what did not mean to replace anything does not.
    await bring('c.csv')
    await expect(ask(contract.redo, { importId: a.importId })).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_OVERLAP',
    })
    expect(await visible()).toEqual(['c.csv: 1 lines of AWS acc-1'])
    for (const id of ['undo', 'redo'] as const) {
      await expect(
        ask(contract[id], { importId: '00000000-0000-7000-8000-00000000dead' }),
      ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    }
  })

  it('a period that only overlaps is never replaced, because lines outside it would be lost', async () => {
    const { file, bring } = await open()
    file('a.csv', focusText([{}]))
    file('b.csv', focusText([{ BillingPeriodStart: '2024-09-15', BillingPeriodEnd: '2024-10-15' }]))
    await bring('a.csv')
    await expect(bring('b.csv', { overlap: 'replace' })).rejects.toMatchObject({
      code: 'FINOPS_IMPORT_OVERLAP',
    })
  })

  it('only the batches that a corrected file has are replaced', async () => {
    const { file, bring, visible, ask } = await open()
    file('a.csv', focusText([{}, { BillingAccountId: 'acc-2' }]))
    file('b.csv', focusText([{ BilledCost: '9' }]))
    const a = await bring('a.csv')
    await bring('b.csv', { overlap: 'replace' })
    expect(await visible()).toEqual(['a.csv: 1 lines of AWS acc-2', 'b.csv: 1 lines of AWS acc-1'])
    expect(await ask(contract.get, { importId: a.importId })).toMatchObject({ state: 'published' })
    // Not all of the first file is in force, so that it may come in again.
    expect(await bring('a.csv', { overlap: 'replace' })).toMatchObject({ already: false })
    expect(await visible()).toEqual(['a.csv: 1 lines of AWS acc-1', 'a.csv: 1 lines of AWS acc-2'])
  })

  it('one refused row and nothing comes in, where the person wanted all or nothing', async () => {
    const { file, bring, visible, stored, ask, job, bugs, released } = await open()
    const rows = Array.from({ length: 1200 }, (_, i) => ({ BilledCost: i % 2 === 0 ? 'x' : '1' }))
    file('bad.csv', focusText([{}, ...rows]))
    const refused = await bring('bad.csv').catch(error => error)
    expect(refused).toMatchObject({ code: 'FINOPS_ROWS_REFUSED', data: { refused: 600 } })
    // It may be tried again in another way.
    expect(released).toEqual([])
    const { importId } = refused.data
    expect(await visible()).toEqual([])
    expect(await stored()).toMatchObject({ batches: 0, segments: 0, rollUps: 0, problems: 601 })
    const receipt = await ask(contract.get, { importId })
    expect(receipt).toMatchObject({ state: 'failed', read: 1201n, stored: 0n, refused: 600n, batches: [] })
    expect(receipt.problemCounts[0]).toEqual({ code: 'number-malformed', count: 600 })
    const page = await ask(contract.problems, { importId, offset: 1, limit: 2 })
    expect(page).toMatchObject({
      count: 601,
      problems: [
        { code: 'number-malformed', severity: 'refused', line: 5, at: 1, column: 'BilledCost', value: 'x' },
        { line: 7, reason: 'This is not a number.' },
      ],
    })
    expect((await job((await ask(contract.list, {})).imports[0]?.jobId as string)).state).toBe('failed')
    await expect(ask(contract.undo, { importId })).rejects.toMatchObject({ code: 'FINOPS_IMPORT_STATE' })
    expect(bugs).toEqual([])
  })

  it('the good rows come in, where the person wanted them', async () => {
    const { file, bring, visible, ask } = await open()
    file('bad.csv', focusText([{}, { BilledCost: 'x' }, {}, { ServiceName: 'B' }]))
    const { importId } = await bring('bad.csv', { mode: 'good-rows' })
    expect(await visible()).toEqual(['bad.csv: 3 lines of AWS acc-1'])
    expect(await ask(contract.get, { importId })).toMatchObject({
      ...{ read: 4n, stored: 3n, refused: 1n, duplicates: 1n },
      problemCounts: expect.arrayContaining([{ code: 'rows-duplicate', count: 1 }]),
    })
    const { problems } = await ask(contract.problems, { importId })
    expect(problems.at(-1)).toMatchObject({ code: 'rows-duplicate', line: 4, at: null, column: null })
  })

  it.each([
    ['empty', '', 'FINOPS_FILE_UNREADABLE', { reason: 'empty', line: null }],
    ['of JSON', '{"a": 1}', 'FINOPS_FILE_UNREADABLE', { reason: 'json', line: null }],
    ['of zeros', new Uint8Array(100), 'FINOPS_FILE_UNREADABLE', { reason: 'binary', line: null }],
    ['without rows', focusText([]), 'FINOPS_FILE_UNREADABLE', { reason: 'no-rows', line: null }],
    ['with no good row', focusText([{ BilledCost: 'x' }]), 'FINOPS_ROWS_REFUSED', { refused: 1 }],
    [
      'of another form',
      'name,age\nann,5\n',
      'FINOPS_COLUMNS_NEEDED',
      { columns: ['BilledCost', 'ChargePeriodStart'] },
    ],
    [
      'cut within gzip',
      gzipSync(focusText([{}])).subarray(0, 60),
      'FINOPS_FILE_UNREADABLE',
      { reason: 'gzip-damaged' },
    ],
    [
      'with a sum that is too large',
      focusText([{ BilledCost: '9000000000' }, { BilledCost: '8000000000' }]),
      'FINOPS_TOTAL_TOO_LARGE',
      { measure: 'billed' },
    ],
  ])('a file %s ends in a clear refusal and leaves nothing behind', async (_, content, code, data) => {
    const { file, bring, stored, bugs, jobs } = await open()
    file('bill', content)
    await expect(bring('bill', { mode: 'good-rows' })).rejects.toMatchObject({ code, data })
    await jobs.idle()
    expect(await stored()).toMatchObject({ batches: 0, segments: 0, rollUps: 0 })
    expect(bugs).toEqual([])
  })

  it('a file that is gone', async () => {
    const { bring, bugs } = await open()
    await expect(bring('nowhere.csv')).rejects.toMatchObject({ code: 'FINOPS_FILE_GONE' })
    expect(bugs).toEqual([])
  })

  it('a file without a currency has the workspace’s, or the one that was chosen', async () => {
    const { file, bring, ask, store } = await open()
    await store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ currency: 'EUR' }).execute()
    })
    file('a.csv', 'Date,Amount,Vendor\n13.9.2024,5,Mail\n')
    file('b.csv', 'Date,Amount,Vendor\n13.9.2024,5,Chat\n')
    const a = await bring('a.csv')
    expect(await ask(contract.get, { importId: a.importId })).toMatchObject({
      format: 'csv',
      version: null,
      totals: [{ currency: 'EUR', billed: '5', effective: '5' }],
      assumed: expect.arrayContaining([{ column: 'BillingCurrency', value: 'EUR' }]),
    })
    const b = await bring('b.csv', { reading: { currency: 'CHF' } })
    expect(await ask(contract.get, { importId: b.importId })).toMatchObject({ totals: [{ currency: 'CHF' }] })
  })

  it('a cancelled import leaves nothing behind', async () => {
    const { file, ask, jobs, stored, visible, job } = await open({
      beforeChunk: async (name, _, jobId) => {
        if (name !== 'columns') return
        await kit.store.write(WORKSPACE, 'person', async tx => {
          await tx.db.updateTable('jobs').set({ cancel_requested: 1n }).where('id', '=', jobId).execute()
        })
        kit.jobs.wake()
        // The runner looks for cancelled jobs in its own time.
        await kit.store.read(WORKSPACE, async () => {})
        await kit.store.read(WORKSPACE, async () => {})
        await new Promise(resolve => setTimeout(resolve, 5))
      },
    })
    file('big.csv', focusText(Array.from({ length: 3_000 }, (_, i) => ({ BilledCost: `${i}` }))))
    const { jobId } = await ask(contract.start, {
      ...{ fileId: 'big.csv', fileName: 'big.csv', mode: 'all-or-nothing' },
    })
    await jobs.idle()
    expect((await job(jobId)).state).toBe('cancelled')
    expect(await visible()).toEqual([])
    expect(await stored()).toMatchObject({ imports: 0, batches: 0, segments: 0 })
  })

  it.runIf(database === 'sqlite')(
    'a failure at any write leaves nothing behind, and the next attempt succeeds',
    async () => {
      let failAt = Number.POSITIVE_INFINITY
      const names: string[] = []
      const { file, bring, stored, visible, jobs, bugs, ask } = await open({
        beforeChunk: name => {
          names.push(name)
          if (names.length === failAt) throw new Error('database or disk is full')
        },
      })
      file(
        'a.csv',
        focusText([{}, { BillingAccountId: 'acc-2', BilledCost: 'x' }, { BillingAccountId: 'acc-3' }]),
      )
      const { importId } = await bring('a.csv', { mode: 'good-rows' })
      const writes = names.length
      expect(new Set(names)).toEqual(
        new Set([
          'anyOfSize',
          'sweep',
          'begin',
          'open',
          'columns',
          'rollUps',
          'settle',
          'problems',
          'sums',
          'finish',
        ]),
      )
      await ask(contract.undo, { importId })
      const before = await stored()
      for (failAt = 1; failAt <= writes; failAt++) {
        names.length = 0
        await expect(bring('a.csv', { mode: 'good-rows' })).rejects.toMatchObject({
          code: 'FINOPS_DISK_FULL',
        })
        await jobs.idle()
        expect(await visible()).toEqual([])
        expect(await stored()).toEqual(before)
      }
      failAt = Number.POSITIVE_INFINITY
      await bring('a.csv', { mode: 'good-rows' })
      expect(await visible()).toHaveLength(2)
      expect(bugs).toEqual([])
    },
  )

  it.each([focusText([{}, {}]), '\n'])(
    'a file that changes while it is read does not come in',
    async changed => {
      const { file, bring, visible, jobs } = await open({
        beforeChunk: name => {
          if (name === 'begin') file('a.csv', changed)
        },
      })
      file('a.csv', focusText([{}]))
      await expect(bring('a.csv')).rejects.toMatchObject({ code: 'FINOPS_FILE_CHANGED' })
      await jobs.idle()
      expect(await visible()).toEqual([])
    },
  )

  it('inspecting says what would come in', async () => {
    const { file, bring, ask } = await open()
    file('a.csv', focusText([{ ServiceName: 'S3', x_Note: 'hi' }, { BilledCost: 'x' }], ['x_Note']))
    const looked = await ask(contract.inspect, { fileId: 'a.csv' })
    expect(looked).toMatchObject({
      file: { fileId: 'a.csv', name: 'a.csv' },
      ...{
        format: 'focus',
        version: '1.0',
        complete: true,
        lines: 2,
        problemCount: 1,
        noticeCount: 0,
        already: null,
      },
      reading: {
        mapping: 'focus',
        delimiter: ',',
        encoding: 'utf-8',
        numbers: 'plain',
        dates: 'iso',
        ...{ currency: null, source: null },
      },
      unsure: [],
      needed: [],
      totals: [{ currency: 'USD', billed: '1.5', effective: '1.25', list: '0', contracted: '0' }],
      batches: [{ source: 'AWS', account: 'acc-1', lines: 1, replaces: null }],
      problems: [
        { code: 'number-malformed', severity: 'refused', line: 3, at: 1, column: 'BilledCost', value: 'x' },
      ],
    })
    expect(looked.rows[0]).toMatchObject({
      BilledCost: '1.5',
      ServiceName: 'S3',
      ChargePeriodStart: '2024-09-03T10:00:00.000Z',
      x_Note: 'hi',
      Tags: null,
    })
    expect(looked.columns).toEqual(
      expect.arrayContaining([
        { source: 'BilledCost', target: 'BilledCost', kind: 'cost', known: true },
        { source: 'x_Note', target: null, kind: 'text', known: false },
      ]),
    )
    const { importId } = await bring('a.csv', { mode: 'good-rows' })
    const again = await ask(contract.inspect, { fileId: 'a.csv' })
    expect(again).toMatchObject({
      already: { importId },
      batches: [{ replaces: { importId, fileName: 'a.csv', lines: 1n } }],
    })
  })

  it('inspecting says what is unsure, and what is needed', async () => {
    const { file, ask } = await open()
    const latin = Buffer.from('Date;Amount;Provider\n1/2/2024;5;Caf\u00e9\n1/2/2024;x;\n', 'latin1')
    file('a.csv', latin)
    const looked = await ask(contract.inspect, { fileId: 'a.csv', reading: { currency: 'SEK' } })
    expect(looked).toMatchObject({
      format: 'csv',
      unsure: ['encoding', 'dates'],
      reading: { encoding: 'windows-1252', dates: 'month-first', delimiter: ';', currency: 'SEK' },
      batches: [{ source: 'Caf\u00e9', account: null }],
    })
    const chosen = {
      encoding: 'windows-1252',
      dates: 'day-first',
      numbers: 'grouped',
      delimiter: ';',
      mapping: 'csv',
    } as const
    expect(await ask(contract.inspect, { fileId: 'a.csv', reading: chosen })).toMatchObject({
      unsure: ['encoding'],
      reading: { ...chosen, currency: 'USD' },
    })
    file('b.csv', 'name,age\nann,5\n')
    expect(await ask(contract.inspect, { fileId: 'b.csv' })).toMatchObject({
      needed: ['BilledCost', 'ChargePeriodStart'],
      columns: [{ source: 'name', target: null }, { source: 'age' }],
      ...{ rows: [], lines: 0, totals: [], batches: [], problems: [], missing: [], assumed: [] },
    })
    const columns = { BilledCost: 'age', ChargePeriodStart: 'name' }
    expect(await ask(contract.inspect, { fileId: 'b.csv', reading: { columns } })).toMatchObject({
      needed: [],
      reading: { columns, source: '(not stated)' },
      problems: [{ code: 'instant-malformed', value: 'ann' }],
    })
    await expect(ask(contract.inspect, { fileId: 'nowhere' })).rejects.toMatchObject({
      code: 'FINOPS_FILE_GONE',
    })
  })

  it('inspecting a large file reads its beginning', async () => {
    const { file, ask } = await open()
    file('big.csv', focusText(Array.from({ length: 20_000 }, () => ({}))), true)
    const looked = await ask(contract.inspect, { fileId: 'big.csv' })
    expect(looked.complete).toBe(false)
    expect(looked.lines).toBeGreaterThan(5_000)
    expect(looked.lines).toBeLessThan(20_000)
    expect(looked.problems.filter(problem => problem.severity === 'refused')).toEqual([])
  })

  it('an import that is coming in is listed as such', async () => {
    const seen: unknown[] = []
    const { file, bring } = await open({
      beforeChunk: async name => {
        if (name === 'finish') seen.push(...(await kit.ask(contract.list, {})).imports)
      },
    })
    file('a.csv', focusText([{}]))
    await bring('a.csv')
    expect(seen).toMatchObject([{ fileName: 'a.csv', state: 'staging', digest: null, totals: [], read: 0n }])
  })

  it('problems of the whole file have no line', async () => {
    const { file, bring, ask } = await open()
    file('a.csv', focusText([{}, { ServiceName: 'B' }]).replace('\n', '\r\n'))
    const { importId } = await bring('a.csv')
    const { problems } = await ask(contract.problems, { importId })
    expect(problems).toMatchObject([
      { code: 'newlines-mixed', line: null, at: null, column: null, value: null },
    ])
  })

  it('a folder is no file', async () => {
    const { folder } = await open()
    await expect(digestFile(folder)).rejects.toMatchObject({ code: 'FINOPS_FILE_GONE' })
    await expect(digestFile(join(folder, 'nowhere'))).rejects.toMatchObject({ data: { fileId: 'nowhere' } })
  })

  it('a bill is not mixed with the demo by mistake', async () => {
    const { file, bring, store, visible } = await open()
    await store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ demo: 1n }).execute()
    })
    file('a.csv', focusText([{}]))
    await expect(bring('a.csv')).rejects.toMatchObject({ code: 'FINOPS_INTO_DEMO' })
    await bring('a.csv', { intoDemo: true })
    expect(await visible()).toHaveLength(1)
  })

  it('asking for an import that there is not', async () => {
    const { ask } = await open()
    await expect(
      ask(contract.get, { importId: '00000000-0000-7000-8000-00000000dead' }),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    await expect(
      ask(contract.publish, { importId: '00000000-0000-7000-8000-00000000dead' }),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })
})
