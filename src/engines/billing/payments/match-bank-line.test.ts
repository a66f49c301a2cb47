import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, type IncomingLine, matchBankLine } from './match-bank-line.ts'

const candidate = (over: Partial<Candidate> & { invoiceId: string }): Candidate => ({
  customerId: 'acme',
  number: `INV-2026-0000${over.invoiceId}`,
  currency: 'EUR',
  open: 10_000n,
  dueAt: 1n,
  names: ['Acme Robotics GmbH'],
  ibans: [],
  ...over,
})
const line = (over: Partial<IncomingLine>): IncomingLine => ({
  amount: 10_000n,
  currency: 'EUR',
  name: '',
  iban: '',
  text: '',
  ...over,
})

describe('what a payment is for', () => {
  it('is sure by number, amount and account', () => {
    const [match] = matchBankLine(
      line({ text: 'Rechnung INV 2026 00001 vom Mai', iban: 'DE89 3704 0044 0532 0130 00' }),
      [candidate({ invoiceId: '1', ibans: ['DE89370400440532013000'] }), candidate({ invoiceId: '2' })],
    )
    expect(match).toMatchObject({
      customerId: 'acme',
      allocations: [{ invoiceId: '1', amount: 10_000n }],
      rest: 0n,
      score: 100,
      reasons: ['number', 'account', 'amount'],
    })
  })

  it('finds several invoices that come to the amount together', () => {
    const open = [
      candidate({ invoiceId: '1', open: 3000n, dueAt: 3n }),
      candidate({ invoiceId: '2', open: 4000n, dueAt: 2n }),
      candidate({ invoiceId: '3', open: 6000n, dueAt: 1n }),
    ]
    const [match] = matchBankLine(line({ amount: 10_000n, name: 'ACME ROBOTICS' }), open)
    expect(match).toMatchObject({ reasons: ['name', 'amount-together'], rest: 0n })
    expect(match!.allocations.map(part => part.invoiceId)).toEqual(['3', '2'])
  })

  it('gives a part to the invoice that was named', () => {
    const [match] = matchBankLine(line({ amount: 2500n, text: 'INV-2026-00002, first part' }), [
      candidate({ invoiceId: '1' }),
      candidate({ invoiceId: '2', dueAt: 9n }),
    ])
    expect(match).toMatchObject({
      allocations: [{ invoiceId: '2', amount: 2500n }],
      reasons: ['number', 'part'],
    })
  })

  it('does not take a number for a longer one that begins with it', () => {
    const open = [
      candidate({ invoiceId: '1', number: 'INV-2026-1' }),
      candidate({ invoiceId: '2', number: 'INV-2026-12' }),
    ]
    const [match] = matchBankLine(line({ text: 'INV-2026-12' }), open)
    expect(match!.allocations[0]!.invoiceId).toBe('2')
  })

  it('leaves the rest over where more was paid', () => {
    const [match] = matchBankLine(line({ amount: 12_000n, text: 'INV-2026-00001' }), [
      candidate({ invoiceId: '1' }),
    ])
    expect(match).toMatchObject({ rest: 2000n, allocations: [{ amount: 10_000n }] })
  })

  it('is not guessed from the amount where several customers are asked for it', () => {
    const open = [
      candidate({ invoiceId: '1' }),
      candidate({ invoiceId: '2', customerId: 'other', names: ['Other'] }),
    ]
    expect(matchBankLine(line({}), open)).toEqual([])
    expect(matchBankLine(line({}), open.slice(0, 1))).toMatchObject([{ reasons: ['amount'] }])
    expect(matchBankLine(line({ name: 'Other' }), open)).toMatchObject([
      { customerId: 'other' },
      { customerId: 'acme', reasons: ['amount'] },
    ])
  })

  it('reads names as banks write them', () => {
    const open = [candidate({ invoiceId: '1', open: 99n, names: ['Müller & Söhne GmbH'] })]
    expect(matchBankLine(line({ name: 'MULLER UND SOHNE' }), open)).toMatchObject([{ reasons: ['name'] }])
    expect(matchBankLine(line({ name: 'Müller' }), open)).toMatchObject([{ reasons: ['name'] }])
    expect(matchBankLine(line({ name: 'Meier' }), open)).toEqual([])
    expect(matchBankLine(line({ name: 'GmbH' }), open)).toEqual([])
  })

  it('passes over other currencies and what is paid', () => {
    const open = [candidate({ invoiceId: '1', currency: 'USD' }), candidate({ invoiceId: '2', open: 0n })]
    expect(matchBankLine(line({ text: 'INV-2026-00001 INV-2026-00002' }), open)).toEqual([])
  })

  it('never gives more than came, nor more than is asked for', () => {
    const rows = fc.array(fc.tuple(fc.bigInt(1n, 500n), fc.nat(2)), { maxLength: 14 })
    fc.assert(
      fc.property(fc.bigInt(1n, 2000n), rows, (amount, list) => {
        const open = list.map(([owed, customer], index) =>
          candidate({
            invoiceId: `${index}`,
            open: owed,
            customerId: `c${customer}`,
            names: [`Name${customer}`],
          }),
        )
        for (const match of matchBankLine(line({ amount, name: 'Name1' }), open)) {
          const sum = match.allocations.reduce((total, part) => total + part.amount, 0n)
          expect(sum + match.rest).toBe(amount)
          expect(match.rest >= 0n).toBe(true)
          for (const part of match.allocations) {
            const asked = open.find(({ invoiceId }) => invoiceId === part.invoiceId)!
            expect(asked.customerId).toBe(match.customerId)
            expect(part.amount <= asked.open).toBe(true)
          }
        }
      }),
    )
  })
})
