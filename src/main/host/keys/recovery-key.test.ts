import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRecoveryKey, parseRecoveryKey } from './recovery-key.ts'

const secrets = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('recovery key', () => {
  it('reads back what it wrote, however a person types it', () => {
    fc.assert(
      fc.property(secrets, secret => {
        const text = formatRecoveryKey(secret)
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){6}[0-9A-HJKMNP-TV-Z]{5}$/)
        expect([...parseRecoveryKey(text)]).toEqual([...secret])
        const typed = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
        expect([...parseRecoveryKey(typed)]).toEqual([...secret])
      }),
    )
  })

  it('names the group of any single slip', () => {
    fc.assert(
      fc.property(secrets, fc.nat(34), fc.integer({ min: 1, max: 31 }), (secret, position, shift) => {
        const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
        const characters = [...formatRecoveryKey(secret).replaceAll('-', '')]
        const value = alphabet.indexOf(characters[position]!)
        characters[position] = alphabet[(value + shift) % 32]!
        expect(() => parseRecoveryKey(characters.join(''))).toThrowError(
          expect.objectContaining({
            code: 'KEYS_RECOVERY_MALFORMED',
            data: { groups: [Math.floor(position / 5) + 1] },
          }),
        )
      }),
    )
  })

  it('finds two groups in the wrong order, a missing one and strange characters', () => {
    const groups = formatRecoveryKey(Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')).split('-')
    const swapped = [groups[1], groups[0], ...groups.slice(2)].join('-')
    expect(() => parseRecoveryKey(swapped)).toThrowError(
      expect.objectContaining({ data: { groups: [1, 2] } }),
    )
    expect(() => parseRecoveryKey(groups.slice(1).join('-'))).toThrowError(/7 groups/)
    expect(() => parseRecoveryKey(`${groups.slice(0, 6).join('-')}-U?*!Ü`)).toThrowError(/group 7/)
  })

  it('finds groups that come from two recovery keys', () => {
    const a = formatRecoveryKey(Buffer.alloc(16, 1)).split('-')
    const b = formatRecoveryKey(Buffer.alloc(16, 2)).split('-')
    expect(() => parseRecoveryKey([...a.slice(0, 3), ...b.slice(3)].join('-'))).toThrowError(/do not belong/)
  })
})
