import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSettled, judgeMonthEnd, type MonthEndFacts } from './judge.ts'
import { codeOf, isByHand, isCheckable, STEPS } from './steps.ts'

/** A month of which everything is done but what only a person can say, and the lock. */
const clean: MonthEndFacts = {
  ...{ over: true, overAt: 1000n, locked: false, imports: 0, silentMetrics: [], unnoted: 0 },
  ...{ closing: false, closedAt: 2000n, dryRunAt: 1500n, late: 0, unbilled: 0 },
  drafts: { count: 0, doubtful: 0, unassigned: 0 },
  ...{ held: 0, approved: 0, creditNotes: 0, approvals: 0, issued: 12 },
  documents: { making: 0, failed: 0 },
  mails: { unsent: 0, underWay: 0, failed: 0 },
  ...{
    bankLines: 0,
    payments: 0,
    refunds: 0,
    disputes: { near: 0, titles: [], deadlineAt: null, invoiceId: null },
  },
  ledger: { payments: 0, invoices: 0, balances: 0 },
  ...{ missingNumbers: 0, outbox: { waiting: 0, review: 0 } },
}
const judged = (facts: Partial<MonthEndFacts>, own: string[] = [], checks: [string, number][] = []) => {
  const all = judgeMonthEnd(
    { ...clean, ...facts },
    own.map(id => ({ id })),
    checks.map(([step, seen]) => ({ step, seen })),
  )
  const of = (step: string) => all.steps.find(one => one.step === step)!
  return { ...all, of, state: (step: string) => of(step).state }
}

describe('the end of a month', () => {
  it('waits for what only a person knows, then for the lock, and then for nothing', () => {
    const open = judged({})
    expect(open.steps.filter(one => !isSettled(one.state)).map(one => one.step)).toEqual([
      'bank-balance',
      'lock',
    ])
    expect(open).toMatchObject({ left: 1 })
    expect(open.of('lock')).toMatchObject({ state: 'blocked', count: 1 })
    const ready = judged({}, [], [['bank-balance', 1]])
    expect([ready.left, ready.state('bank-balance'), ready.state('lock')]).toEqual([0, 'done', 'todo'])
    expect(judged({ locked: true }, [], [['bank-balance', 1]]).state('lock')).toBe('done')
  })

  it('has every step once, in the order in which a month is closed', () => {
    const { steps } = judged({}, ['a', 'b'])
    const codes = Object.values(STEPS).flat()
    expect(steps.map(one => one.step)).toEqual([...codes.slice(0, codes.indexOf('own')), 'a', 'b', 'lock'])
    expect(steps.find(one => one.step === 'a')).toMatchObject({ code: 'own', group: 'books', state: 'todo' })
  })

  it('blocks what comes after the close until it was closed', () => {
    const before = judged({ over: false, closedAt: null, dryRunAt: null, issued: 0 })
    for (const step of [
      'over',
      'close',
      'unbilled',
      'drafts',
      'held',
      'issue',
      'credit-notes',
      'documents',
      'mails',
    ])
      expect([step, before.state(step)]).toEqual([step, 'blocked'])
    expect(before.of('over').at).toBe(1000n)
    expect(before.of('dry-run')).toMatchObject({ state: 'todo', count: 1 })
    expect(judged({ closedAt: null, dryRunAt: null }).of('close')).toMatchObject({ state: 'todo', count: 1 })
    expect(judged({ closedAt: null, closing: true }).state('close')).toBe('waiting')
    // Drafts from before, such as those of a subscription that was billed at once, are to be decided all the same.
    expect(judged({ closedAt: null, drafts: { count: 2, doubtful: 0, unassigned: 2 } }).state('drafts')).toBe(
      'todo',
    )
    expect(judged({ dryRunAt: null }).state('dry-run')).toBe('none')
    expect([judged({ issued: 0 }).state('documents'), judged({ issued: 0 }).state('mails')]).toEqual([
      'none',
      'none',
    ])
  })

  it('says how much is left, and of what', () => {
    const all = judged({
      ...{ imports: 1, silentMetrics: ['A', 'B', 'C', 'D', 'E', 'F'], unnoted: 3, late: 2, unbilled: 4 },
      drafts: { count: 9, doubtful: 4, unassigned: 0 },
      ...{ held: 2, approved: 5, creditNotes: 1, approvals: 2 },
      documents: { making: 3, failed: 1 },
      mails: { unsent: 2, underWay: 1, failed: 1 },
      ...{
        bankLines: 7,
        payments: 2,
        refunds: 1,
        disputes: { near: 1, titles: ['INV-1'], deadlineAt: 99n, invoiceId: 'i' },
      },
      ledger: { payments: 1, invoices: 0, balances: 2 },
      ...{ missingNumbers: 1, outbox: { waiting: 2, review: 1 } },
    })
    expect(all.of('imports')).toMatchObject({ state: 'waiting', count: 1 })
    expect(all.of('metrics')).toMatchObject({ count: 6, names: ['A', 'B', 'C', 'D', 'E'] })
    expect(all.of('drafts')).toMatchObject({ count: 9, parts: [{ code: 'doubtful', count: 4 }] })
    expect(all.of('approvals').state).toBe('waiting')
    expect(all.of('documents')).toMatchObject({
      ...{ state: 'todo', count: 4 },
      parts: [
        { code: 'failed', count: 1 },
        { code: 'making', count: 3 },
      ],
    })
    expect(all.of('mails')).toMatchObject({ state: 'todo', count: 4 })
    expect(all.of('disputes')).toMatchObject({ count: 1, names: ['INV-1'], at: 99n, row: 'i' })
    expect(all.of('ledger')).toMatchObject({ state: 'todo', count: 3 })
    expect(all.of('outbox')).toMatchObject({ state: 'todo', count: 3 })
    expect(all.left).toBe(20)
  })

  it('waits for what goes on by itself', () => {
    const all = judged({
      documents: { making: 3, failed: 0 },
      mails: { unsent: 0, underWay: 2, failed: 0 },
      outbox: { waiting: 4, review: 0 },
    })
    for (const step of ['documents', 'mails', 'outbox'])
      expect([step, all.state(step)]).toEqual([step, 'waiting'])
    expect(judged({ mails: null }).state('mails')).toBe('none')
  })

  it('accepts what a person saw, and asks again where there is more of it', () => {
    const seen = (bankLines: number) => judged({ bankLines }, [], [['bank-lines', 3]]).of('bank-lines')
    expect(seen(3)).toMatchObject({ state: 'accepted', count: 3 })
    expect(seen(2).state).toBe('accepted')
    expect(seen(4).state).toBe('todo')
    expect(seen(0).state).toBe('done')
    expect(judged({}, ['a'], [['a', 0]]).state('a')).toBe('done')
  })

  it('knows what can be checked off by hand', () => {
    expect([codeOf('bank-lines'), codeOf('018f-own')]).toEqual(['bank-lines', 'own'])
    expect(['close', 'ledger', 'lock', 'drafts'].map(step => isCheckable(codeOf(step)))).toEqual([
      ...[false, false, false, false],
    ])
    expect([isCheckable('own'), isByHand('own'), isCheckable('disputes'), isByHand('disputes')]).toEqual([
      ...[true, true, true, false],
    ])
  })

  it('is ready exactly when every step but the lock is settled, and never by more work', () => {
    const counts = fc.nat(3)
    fc.assert(
      fc.property(counts, counts, counts, fc.boolean(), (bankLines, held, late, checked) => {
        const all = judged({ bankLines, held, late }, [], checked ? [['bank-balance', 1]] : [])
        const open = all.steps.filter(one => one.step !== 'lock' && !isSettled(one.state)).length
        expect(all.left).toBe(open)
        expect(all.state('lock')).toBe(open === 0 ? 'todo' : 'blocked')
        expect(open === 0).toBe(bankLines + held + late === 0 && checked)
      }),
    )
  })
})
