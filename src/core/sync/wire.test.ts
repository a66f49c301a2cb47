import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decode, encode, exchanges, NotOurs, Row } from './wire.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('messages of the protocol', () => {
  it('carry int64, bytes and nothing as they are', () => {
    const row = { id: 'a', version: 2n ** 62n + 1n, share: 0.5, bytes: new Uint8Array([0, 255]), gone: null }
    expect(decode(Row, encode(row))).toEqual(row)
    const part = { bytes: new Uint8Array([1, 2]), parts: 3 }
    expect(decode(exchanges.batch.answer, encode(part))).toEqual(part)
    expect(decode(exchanges.batch.answer, encode(null))).toBeNull()
  })

  it.each([
    ['a text', 'a row'],
    ['nothing', null],
    ['a list', ['a']],
    ['a row that holds a list', { id: 'a', roles: ['admin'] }],
    ['a row that holds yes or no', { id: 'a', active: true }],
  ])('%s is no row', (_, value) => {
    expect(() => decode(Row, encode(value))).toThrow(NotOurs)
    expect(() => decode(Row, encode(value))).toThrow('a row holds texts, numbers, bytes and nothing')
  })

  it('that are not of the agreed form are not taken, and the place is said', () => {
    const asked = { id: '00000000-0000-7000-8000-000000000001', part: -1 }
    expect(() => decode(exchanges.batch.request, encode(asked))).toThrow(/^part: /)
    expect(() => decode(z.string(), encode(7n))).toThrow(/^: /)
  })

  it.each([
    ['a page to sign in to a network', bytesOf('<!doctype html><title>Welcome</title>')],
    ['bytes that are no text', new Uint8Array([0x22, 0xff, 0x22])],
    ['a message that was cut off', encode({ id: 'a' }).subarray(0, 6)],
  ])('%s is no message of ours', (_, bytes) => {
    expect(() => decode(z.unknown(), bytes)).toThrow(NotOurs)
    expect(() => decode(z.unknown(), bytes)).toThrow('this is no message of the protocol')
  })
})
