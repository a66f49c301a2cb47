import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#shared/canonical.ts'
import { ed25519Signer } from '../log/ed25519.ts'
import {
  commandText,
  readText,
  type SignableCommand,
  signCommand,
  verifyCommand,
} from './command-signature.ts'

const signer = ed25519Signer(new Uint8Array(32).fill(7))
const other = ed25519Signer(new Uint8Array(32).fill(8))
const WORKSPACE = '01900000-0000-7000-8000-000000000001'

const command: SignableCommand = {
  id: '01900000-0000-7000-8000-000000000002',
  command: 'billing.invoices.approve',
  commandVersion: 1n,
  actor: '01900000-0000-7000-8000-000000000003',
  device: '01900000-0000-7000-8000-000000000004',
  assurance: 'keychain',
  at: 1_800_000_000_000n,
  input: '{"digest":"ab","invoiceId":"x"}',
}

describe('the signature of a command', () => {
  it('counts for the command, the workspace and the key that it was made for', async () => {
    const signed = await signCommand(signer, WORKSPACE, command)
    expect(await verifyCommand(signer, WORKSPACE, command, signed)).toBeNull()
    expect(await verifyCommand(other, WORKSPACE, command, signed)).toBe('key')
    expect(await verifyCommand({ ...other, keyId: signer.keyId }, WORKSPACE, command, signed)).toBe(
      'signature',
    )
    expect(await verifyCommand(signer, command.id, command, signed)).toBe('altered')
  })

  it('covers canonical JSON with a tag of its own, and the digest of the input', () => {
    expect(commandText(WORKSPACE, command)).toMatch(
      /^\{"actor":"[^"]+","assurance":"keychain","at":\{"\$int":"1800000000000"\},"command":"billing\.invoices\.approve",/,
    )
    expect(readText(commandText(WORKSPACE, command))).toMatchObject({ domain: 'quarterdeck/command/1' })
    expect(commandText(WORKSPACE, command)).not.toContain('invoiceId')
  })

  it('does not count for a command of which anything was changed', async () => {
    const signed = await signCommand(signer, WORKSPACE, command)
    const members = Object.keys(command) as (keyof SignableCommand)[]
    for (const member of members) {
      const value = command[member]
      const changed = { ...command, [member]: typeof value === 'bigint' ? value + 1n : `${value}x` }
      expect(await verifyCommand(signer, WORKSPACE, changed, signed), member).toBe('altered')
    }
    expect(await verifyCommand(signer, WORKSPACE, { ...command, actor: null }, signed)).toBe('altered')
  })

  it('does not count when a byte of the text or of the signature was changed', async () => {
    const signed = await signCommand(signer, WORKSPACE, command)
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, by) => {
        const text = Buffer.from(signed.text)
        text[place % text.length]! ^= by
        const changed = { ...signed, text: text.toString('latin1') }
        expect(await verifyCommand(signer, WORKSPACE, command, changed)).toBe('signature')
        const bytes = Buffer.from(signed.signature, 'hex')
        bytes[place % bytes.length]! ^= by
        expect(
          await verifyCommand(signer, WORKSPACE, command, { ...signed, signature: bytes.toString('hex') }),
        ).toBe('signature')
      }),
      { numRuns: 50 },
    )
  })

  it('does not count over a text of another form, although the key signed it', async () => {
    const texts = [
      '',
      'null',
      canonicalJson({ domain: 'quarterdeck/log-head/1', workspace: WORKSPACE }),
      commandText(WORKSPACE, command).replace('command/1', 'command/2'),
      commandText(WORKSPACE, command).replace('{', '{"more":1,'),
    ]
    for (const text of texts) {
      const signature = Buffer.from(await signer.sign(Buffer.from(text))).toString('hex')
      expect(await verifyCommand(signer, WORKSPACE, command, { keyId: signer.keyId, text, signature })).toBe(
        'text',
      )
    }
  })

  it('is none when it is short, empty or no hexadecimal, and a key of a wrong length has signed nothing', async () => {
    const signed = await signCommand(signer, WORKSPACE, command)
    for (const signature of ['', 'zz', signed.signature.slice(2), signed.signature.toUpperCase()])
      expect(await verifyCommand(signer, WORKSPACE, command, { ...signed, signature })).toBe('signature')
    const short = { keyId: signer.keyId, publicKey: signer.publicKey.subarray(1) }
    expect(await verifyCommand(short, WORKSPACE, command, signed)).toBe('signature')
  })
})
