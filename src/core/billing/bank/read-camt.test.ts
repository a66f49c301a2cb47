import { describe, expect, it } from 'vitest'
import { readCamt } from './read-camt.ts'
import { fingerprinted } from './statement.ts'
import { camt, entry } from './testing/camt-kit.ts'

const read = (text: string) => readCamt(text)[0]!

describe('a statement of the kind camt.053', () => {
  it('says its account, its balances and its lines', () => {
    const statement = read(
      camt({
        opening: '1000.00',
        closing: '1050.50',
        entries: [
          entry({
            amount: '100.50',
            name: 'Acme Robotics GmbH',
            iban: 'DE02120300000000202051',
            text: 'INV-2026-00001',
            reference: 'E2E-1',
          }),
          entry({ amount: '50.00', out: true, name: 'Landlord', text: 'Rent' }),
        ],
      }),
    )
    expect(statement).toMatchObject({
      ...{
        account: 'DE89370400440532013000',
        currency: 'EUR',
        opening: 100_000n,
        closing: 105_050n,
        pending: 0,
      },
    })
    expect(statement.lines).toMatchObject([
      {
        ...{ amount: 10_050n, currency: 'EUR', name: 'Acme Robotics GmbH', iban: 'DE02120300000000202051' },
        ...{ text: 'INV-2026-00001', reference: 'E2E-1', bookedOn: '2026-10-02', valueOn: '2026-10-02' },
      },
      { amount: -5_000n, name: 'Landlord', text: 'Rent', reference: '' },
    ])
  })

  it('reads the later version, where a party and a status are one level deeper', () => {
    const later = camt({ entries: [entry({ amount: '7.00', name: 'Deep', deep: true })] })
    expect(read(later).lines).toMatchObject([{ name: 'Deep', amount: 700n }])
  })

  it('makes a line of each transfer of a collected entry, where they add up', () => {
    const parts = [
      { amount: '60.00', name: 'One', text: 'A' },
      { amount: '40.00', name: 'Two', text: 'B' },
    ]
    expect(read(camt({ entries: [entry({ amount: '100.00', parts })] })).lines).toMatchObject([
      { amount: 6_000n, name: 'One', text: 'A' },
      { amount: 4_000n, name: 'Two', text: 'B' },
    ])
    // Where they do not, the entry is what was booked.
    expect(read(camt({ entries: [entry({ amount: '101.00', parts })] })).lines).toMatchObject([
      { amount: 10_100n, name: 'One', text: 'A · B' },
    ])
  })

  it('knows an account by another number than an IBAN, and its currency by what is booked', () => {
    const bare = (inner: string) =>
      read(`<Document><BkToCstmrStmt><Stmt>${inner}</Stmt></BkToCstmrStmt></Document>`)
    const other = bare(
      `<Acct><Id><Othr><Id>12-345</Id></Othr></Id></Acct><Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp>
       <Amt Ccy="USD">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`,
    )
    expect(other).toMatchObject({ account: '12-345', currency: 'USD', opening: 500n, lines: [] })
    const booked = bare(entry({ amount: '2.00', currency: 'GBP' }))
    expect(booked).toMatchObject({ account: '', currency: 'GBP', opening: null, closing: null })
    const announced = bare(entry({ amount: '2.00', currency: 'GBP', status: 'PDNG' }))
    expect(announced).toMatchObject({ account: '', currency: '', pending: 1, lines: [] })
  })

  it("reads an entry without details, whose status is the bank's own word", () => {
    const interest = `<Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Prtry>DONE</Prtry></Sts>
      <BookgDt><DtTm>2026-10-02T10:00:00</DtTm></BookgDt><AddtlNtryInf>Interest</AddtlNtryInf></Ntry>`
    expect(read(camt({ entries: [interest] })).lines).toMatchObject([
      { amount: 300n, bookedOn: '2026-10-02', valueOn: '2026-10-02', name: '', text: 'Interest' },
    ])
  })

  it('takes parts of a collected entry in its direction, and only those of its currency', () => {
    const collected = (direction: string, ...parts: string[]) =>
      `<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>${direction}</CdtDbtInd><BookgDt><Dt>2026-10-02</Dt></BookgDt>
       <NtryDtls>${parts.map(part => `<TxDtls>${part}</TxDtls>`).join('')}</NtryDtls></Ntry>`
    const deep = (amount: string, currency = 'EUR') =>
      `<AmtDtls><TxAmt><Amt Ccy="${currency}">${amount}</Amt></TxAmt></AmtDtls>`
    const amounts = (text: string) => read(camt({ entries: [text] })).lines.map(line => line.amount)
    expect(amounts(collected('CRDT', deep('60.00'), deep('40.00')))).toEqual([6_000n, 4_000n])
    expect(amounts(collected('DBIT', deep('60.00'), deep('40.00')))).toEqual([-6_000n, -4_000n])
    expect(amounts(collected('CRDT', deep('60.00'), deep('40.00', 'USD')))).toEqual([10_000n])
    expect(amounts(collected('CRDT', '', ''))).toEqual([10_000n])
    // One that went the other way counts against the entry.
    const back = '<Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    expect(amounts(collected('CRDT', deep('120.00'), back))).toEqual([12_000n, -2_000n])
  })

  it('keeps no reference that says there is none, and of two notes of one name the first', () => {
    const [line] = read(
      camt({
        entries: [entry({ amount: '1.00', reference: 'NOTPROVIDED', text: 'first' })].map(text =>
          text.replace('</RmtInf>', '</RmtInf><RmtInf><Ustrd>second</Ustrd></RmtInf>'),
        ),
      }),
    ).lines
    expect(line).toMatchObject({ reference: '', text: 'first' })
  })

  it('leaves out what is only announced, and says how much', () => {
    const statement = read(
      camt({ entries: [entry({ amount: '1.00', status: 'PDNG' }), entry({ amount: '2.00' })] }),
    )
    expect(statement).toMatchObject({ pending: 1, lines: [{ amount: 200n }] })
  })

  it('reads why a direct debit came back', () => {
    const [line] = read(
      camt({ entries: [entry({ amount: '9.00', out: true, reason: 'AM04', reference: 'D-1' })] }),
    ).lines
    expect(line).toMatchObject({ amount: -900n, returnCode: 'AM04', reference: 'D-1' })
  })

  it('reads currencies without and with three decimals as they are', () => {
    expect(
      read(camt({ currency: 'JPY', entries: [entry({ amount: '1500', currency: 'JPY' })] })).lines[0]!.amount,
    ).toBe(1500n)
    expect(
      read(camt({ currency: 'KWD', entries: [entry({ amount: '1.234', currency: 'KWD' })] })).lines[0]!
        .amount,
    ).toBe(1234n)
    // Zeros behind the smallest unit change nothing.
    expect(read(camt({ entries: [entry({ amount: '1.2300' })] })).lines[0]!.amount).toBe(123n)
  })

  it.each([
    ['not-xml', '<Document><open></Document>'],
    ['not-a-statement', '<Document><CstmrCdtTrfInitn/></Document>'],
    ['no-lines', '<Document><BkToCstmrStmt/></Document>'],
    ['bad-amount', camt({ entries: [entry({ amount: '1.234' })] })],
    ['bad-amount', camt({ entries: [entry({ amount: 'much' })] })],
    ['bad-amount', camt({ entries: ['<Ntry><Amt>5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'] })],
    [
      'no-amount',
      camt({ entries: ['<Ntry><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-10-02</Dt></BookgDt></Ntry>'] }),
    ],
    ['no-date', camt({ entries: ['<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'] })],
  ])('is refused where it cannot be read: %s', (reason, text) => {
    expect(() => readCamt(text)).toThrow(
      expect.objectContaining({
        code: 'BILLING_BANK_FILE_UNREADABLE',
        data: expect.objectContaining({ reason }),
      }),
    )
  })

  it('does not expand what a file defines for itself', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "${'x'.repeat(50)}"><!ENTITY b "&a;&a;&a;">]>`
    const text = camt({ entries: [entry({ amount: '1.00', name: '&b;' })] }).replace(/^<\?xml[^>]*>/, bomb)
    let name = ''
    try {
      name = read(text).lines[0]!.name
    } catch (error) {
      expect(error).toMatchObject({ code: 'BILLING_BANK_FILE_UNREADABLE' })
    }
    expect(name.length).toBeLessThan(200)
  })
})

describe('lines of overlapping files', () => {
  it('are the same, and two that are alike in one file are two', () => {
    const twice = [entry({ amount: '5.00', bank: '' }), entry({ amount: '5.00', bank: '' })]
    const one = fingerprinted(read(camt({ entries: twice })).lines)
    const other = fingerprinted(read(camt({ entries: [...twice, entry({ amount: '6.00' })] })).lines)
    expect(new Set(one.map(line => line.fingerprint)).size).toBe(2)
    expect(other.slice(0, 2)).toEqual(one)
  })
})
