import { describe, expect, it } from 'vitest'
import { storyEntries } from './story-entries.ts'
import type { StoryShown } from './subscription-page.tsx'

const M = 60_000n
const ID = '00000000-0000-7000-8000-000000000001'
const made = (number: bigint, change: object, more: object = {}) => ({
  ...{ id: ID, number, change, by: null, madeAt: 5n * M, takenBackAt: null, takenBackBy: null, ...more },
})

describe('the story of a subscription', () => {
  it('is told from the latest on, with money, and nothing of it twice', () => {
    const story = {
      changes: [
        made(1n, { kind: 'pause', at: 20n * M, until: null }),
        made(2n, { kind: 'terms', at: 30n * M, quantity: 2n }),
        made(
          3n,
          { kind: 'cancel', at: 90n * M, settlement: 'credit', reason: 'cancelled' },
          { takenBackAt: 6n * M },
        ),
        made(4n, { kind: 'terms', at: 5n * M, quantity: 3n }),
      ],
      moments: [
        { at: 10n * M, transition: 'begin', from: 'none', to: 'active', notedAt: null },
        { at: 20n * M, transition: 'pause', from: 'active', to: 'paused', notedAt: null },
      ],
      bills: [
        { invoiceId: ID, number: 'INV-1', state: 'issued', period: '2026-10', amount: 700n, at: 40n * M },
      ],
      renewals: [{ at: 60n * M, amount: 900n }],
      ...{ recurring: null, standing: null, successors: [] },
    } as unknown as StoryShown
    expect(storyEntries(story).map(one => [one.at, one.kind, one.what, one.amount, one.madeAt])).toEqual([
      [90n * M, 'change', 'cancel', null, 5n * M],
      [60n * M, 'renewal', 'renewal', 900n, null],
      [40n * M, 'bill', 'INV-1', 700n, null],
      [30n * M, 'change', 'terms', null, 5n * M],
      // The pause is told by its transition.
      [20n * M, 'transition', 'pause', null, null],
      [10n * M, 'transition', 'begin', null, null],
      [5n * M, 'change', 'terms', null, null],
    ])
    expect(storyEntries(story)[0]).toMatchObject({ takenBack: true })
  })
})
