import { describe, expect, it } from 'vitest'
import { failureOf, paymentFailures } from './failure-codes.ts'

describe('why a payment failed', () => {
  it('has one code, whatever a provider calls it', () => {
    expect(failureOf('insufficient_funds')).toEqual(failureOf('AM04'))
    expect(failureOf('AC04')).toEqual({ code: 'account-closed', remedy: 'another-method' })
    expect(failureOf('stolen_card').remedy).toBe('stop')
  })

  it('reads its own codes back', () => {
    for (const [code, failure] of paymentFailures) expect(failureOf(code)).toEqual(failure)
  })

  it('may be tried again where nobody knows it', () => {
    expect(failureOf('sun_spots')).toEqual({ code: 'unknown', remedy: 'retry' })
    expect(failureOf('constructor').code).toBe('unknown')
  })
})
