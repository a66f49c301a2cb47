import fc from 'fast-check'
import { expect, test } from 'vitest'
import { paymentDeed, type ToldState } from './outcome.ts'

type State = 'pending' | 'succeeded' | 'failed' | 'reversed'

/** Where a payment stands after it was told something. */
function after(state: State, told: ToldState): State {
  const deed = paymentDeed(state, told)
  if (deed === 'settle') return 'succeeded'
  if (deed === 'fail') return 'failed'
  return deed === 'take-back' ? 'reversed' : state
}

test('what is told of a payment', () => {
  expect(after('pending', 'needs-action')).toBe('pending')
  expect(paymentDeed('pending', 'pending')).toBe('note')
  expect(after('pending', 'succeeded')).toBe('succeeded')
  expect(after('pending', 'failed')).toBe('failed')
  expect(after('pending', 'returned')).toBe('failed')
  // The second try came after all; the failure of the first one is told late.
  expect(after('failed', 'succeeded')).toBe('succeeded')
  expect(after('succeeded', 'failed')).toBe('succeeded')
  expect(after('succeeded', 'returned')).toBe('reversed')
  expect(after('reversed', 'succeeded')).toBe('reversed')
})

const told = fc.constantFrom<ToldState>('pending', 'needs-action', 'succeeded', 'failed', 'returned')

test('told twice is as told once, wherever the payment stands', () => {
  fc.assert(
    fc.property(fc.constantFrom<State>('pending', 'succeeded', 'failed', 'reversed'), told, (state, one) => {
      const once = after(state, one)
      // A success takes back a failure before it, so the pair is the same only where nothing follows it.
      expect(after(once, one)).toBe(one === 'returned' && once === 'failed' ? 'failed' : once)
    }),
  )
})

test('a success and a failure of one payment end as a success, in whichever order they are told', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray<ToldState>(['pending', 'needs-action', 'succeeded', 'failed'], { minLength: 4 }),
      order => {
        expect(order.reduce(after, 'pending' as State)).toBe('succeeded')
      },
    ),
  )
})
