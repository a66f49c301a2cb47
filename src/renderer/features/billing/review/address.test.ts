import { describe, expect, it } from 'vitest'
import { fromAddress, type ReviewState, toAddress } from './address.ts'

describe('the address of the review', () => {
  it('comes back as it went, and keeps what else it says', () => {
    const state: ReviewState = {
      states: ['draft', 'held'],
      doubts: 'doubtful',
      assignee: 'me',
      customerId: null,
      plans: ['Free, Starter', 'Enterprise'],
      currencies: ['EUR', 'JPY'],
      invoiceId: 'i1',
      tab: 'bridge',
    }
    const params = toAddress(state, new URLSearchParams({ month: '2026-10', q: 'acme', doubts: 'clean' }))
    expect(fromAddress(params)).toEqual(state)
    expect([params.get('month'), params.get('q')]).toEqual(['2026-10', 'acme'])
  })

  it('opens whatever it says', () => {
    expect(
      fromAddress(new URLSearchParams('state=draft,nonsense&doubts=maybe&tab=x&plan=&currency=euro')),
    ).toEqual({
      states: ['draft'],
      doubts: null,
      assignee: null,
      customerId: null,
      plans: [],
      currencies: [],
      invoiceId: null,
      tab: 'lines',
    })
  })
})
