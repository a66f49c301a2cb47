import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type LineProblem, parseLines } from './parse-lines.ts'
import { readCustomerFile } from './read-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'customers')

async function read(content: string | Uint8Array) {
  writeFileSync(path, content)
  const { format, lines } = await readCustomerFile(path, 'f1')
  return {
    format,
    lines: lines.map(({ words, subscriptions, ...rest }) => ({
      ...{ ...rest, words: Object.fromEntries(words) },
      ...(subscriptions ? { subscriptions: subscriptions.map(one => Object.fromEntries(one)) } : {}),
    })),
  }
}
const unreadable = (reason: string, line: number | null = null) => ({
  ...{ code: 'BILLING_FILE_UNREADABLE', data: { reason, line } },
})

describe('a file of customers', () => {
  it('in CSV has its cells by column, without lines that are empty', async () => {
    const text = 'sep=;\nKey; Legal-Name ;tax id\n\nacme;"Acme ""A"" Inc.";\n;;\nnord;Nord\nlong;L;1;2\n'
    expect(await read(text)).toEqual({
      format: 'csv',
      lines: [
        { line: 4, words: { key: 'acme', legal_name: 'Acme "A" Inc.' } },
        { line: 6, words: { key: 'nord', legal_name: 'Nord' } },
        {
          line: 7,
          words: { key: 'long', legal_name: 'L', tax_id: '1' },
          fault: 'more cells than the heading',
        },
      ],
    })
    expect((await read('key,name\na,"A"x\n')).lines).toMatchObject([{ line: 2, fault: 'text-after-quote' }])
    await expect(read('key,"name"x\na,A\n')).rejects.toMatchObject(unreadable('text-after-quote', 1))
  })

  it('in JSON has an object on each line, with lists and objects as words', async () => {
    const lines = [
      '{"Key":"acme","name":" Acme ","email":null,"zone":"","address":["1 Main St","Boston"],"payment_days":14}',
      '',
      '{"key":"nord","tax_id":{"vat":1},"subscriptions":[{"plan":"pro","seats":2},{"plan":"free"}]}',
      '[1]',
      '7',
      'null',
      '{"key":"a","subscriptions":[1]}',
      '{"key":"a","subscriptions":[null]}',
      '{"key":',
    ]
    expect(await read(lines.join('\r\n'))).toEqual({
      format: 'jsonl',
      lines: [
        {
          line: 1,
          words: { key: 'acme', name: 'Acme', address: '1 Main St|Boston', payment_days: '14' },
        },
        {
          line: 3,
          words: { key: 'nord', tax_id: '{"vat":1}' },
          subscriptions: [{ plan: 'pro', seats: '2' }, { plan: 'free' }],
        },
        { line: 4, words: {}, fault: 'an object is expected on each line' },
        { line: 5, words: {}, fault: 'an object is expected on each line' },
        { line: 6, words: {}, fault: 'an object is expected on each line' },
        { line: 7, words: {}, fault: 'subscriptions is a list of objects' },
        { line: 8, words: {}, fault: 'subscriptions is a list of objects' },
        { line: 9, words: {}, fault: 'this is not JSON' },
      ],
    })
    expect((await read('{"key":"a","subscriptions":{"plan":"pro"}}')).lines).toMatchObject([
      { fault: 'subscriptions is a list of objects' },
    ])
  })

  it('is refused where it is no text, too large, a folder, or gone', async () => {
    await expect(read(Uint8Array.of(0x6b, 0xff, 0x0a))).rejects.toMatchObject(unreadable('not-utf-8'))
    await expect(read(' \n \n')).rejects.toMatchObject(unreadable('empty'))
    await expect(readCustomerFile(folder, 'f1')).rejects.toMatchObject({
      ...{ code: 'BILLING_FILE_GONE', data: { fileId: 'f1' } },
    })
    await expect(readCustomerFile(join(folder, 'none'), 'f1')).rejects.toMatchObject({
      code: 'BILLING_FILE_GONE',
    })
    // What is wrong with the machine is not put down to the file.
    await expect(readCustomerFile(join(path, 'x'), 'f1')).rejects.toMatchObject({ code: 'ENOTDIR' })
    truncateSync(path, 32 * 1024 * 1024 + 1)
    await expect(readCustomerFile(path, 'f1')).rejects.toMatchObject(unreadable('too-large'))
  })
})

describe('what the lines of a file say', () => {
  async function parse(content: string) {
    writeFileSync(path, content)
    const problems: LineProblem[] = []
    const { lines } = await readCustomerFile(path, 'f1')
    const customers = parseLines(lines, 'Europe/Berlin', problem => problems.push(problem))
    return { customers, problems: problems.map(one => [one.line, one.column, one.code, one.value]) }
  }

  it('is one customer with the subscriptions of all its lines, days in its own zone', async () => {
    const { customers, problems } =
      await parse(`key,zone,legal_name,payment_days,plan,started_at,seats,alignment,anchor_at,bill_from,trial_days
acme,America/New_York,Acme Inc.,30,pro,2026-01-01,3,calendar,2026-01-15,2026-02-01T00:00:00Z,0
acme,America/New_York,Acme Inc.,30,free,2026-01-01,,,,,
nord,,,,pro,2026-01-01,,anniversary,,,365
`)
    expect(problems).toEqual([])
    const hours = (iso: string) => BigInt(Date.parse(iso))
    expect(customers).toMatchObject([
      {
        ...{ line: 2, key: 'acme', words: { zone: 'America/New_York' } },
        profile: { legalName: 'Acme Inc.', paymentDays: 30 },
        subscriptions: [
          {
            ...{ line: 2, plan: 'pro', quantity: 3n, alignment: 'calendar', trialDays: 0 },
            at: hours('2026-01-01T05:00:00Z'),
            anchorAt: hours('2026-01-15T05:00:00Z'),
            billFrom: hours('2026-02-01T00:00:00Z'),
          },
          { line: 3, plan: 'free', quantity: undefined, alignment: undefined, trialDays: undefined },
        ],
      },
      {
        key: 'nord',
        subscriptions: [{ at: hours('2025-12-31T23:00:00Z'), alignment: 'anniversary', trialDays: 365 }],
      },
    ])
  })

  it('is refused by the column, once for a column that is unknown', async () => {
    const { customers, problems } =
      await parse(`key,colour,tax_id,payment_days,plan,started_at,seats,trial_days,alignment
,red,,,,,,,
a,red,T1,many,,,,,
a,,T2,,,2026-01-01,1,,
b,,,,pro,,,,
c,,,,pro,2026-02-30,x,366,weekly
d,,,,pro,2026-01-01,1000001,,
`)
    expect(problems).toEqual([
      [2, 'colour', 'unknown-column', 'red'],
      [2, 'key', 'invalid', null],
      [3, 'payment_days', 'invalid', 'many'],
      [4, 'tax_id', 'contradicts', 'T2'],
      [4, 'seats', 'invalid', '1'],
      [4, 'started_at', 'invalid', '2026-01-01'],
      [5, 'started_at', 'invalid', null],
      [6, 'started_at', 'invalid', '2026-02-30'],
      [6, 'seats', 'invalid', 'x'],
      [6, 'alignment', 'invalid', 'weekly'],
      [6, 'trial_days', 'invalid', '366'],
      [7, 'seats', 'invalid', '1000001'],
    ])
    expect(customers.map(one => [one.key, one.profile.taxId, one.subscriptions.length])).toEqual([
      ['a', 'T1', 0],
      ['b', undefined, 0],
      ['c', undefined, 0],
      ['d', undefined, 0],
    ])
    // A line of JSON may name a plan itself, and in a list.
    const both =
      '{"key":"a","plan":"pro","started_at":"2026-01-01","subscriptions":[{"plan":"free","started_at":"2026-01-02"}]}'
    expect((await parse(both)).customers[0]!.subscriptions.map(one => one.plan)).toEqual(['pro', 'free'])
    const json = '{"key":"e","zone":"Mars/Base","subscriptions":[{"started_at":"2026-01-01"}]}'
    expect((await parse(json)).problems).toEqual([
      [1, 'zone', 'unknown-zone', 'Mars/Base'],
      [1, 'plan', 'invalid', null],
    ])
  })
})
