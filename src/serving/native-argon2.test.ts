import { expect, it } from 'vitest'
import { argon2Passphrases, wasmArgon2 } from '#core/workspace/passphrases.ts'
import { bestArgon2 } from './native-argon2.ts'

it('what one way of computing argon2id stored, the other accepts', async () => {
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))
  const cost = { memory: 64, iterations: 2 }
  const best = argon2Passphrases(random, cost, bestArgon2())
  const wasm = argon2Passphrases(random, cost, wasmArgon2)
  const [one, two] = [await best.hash('Größe zählt'), await wasm.hash('Größe zählt')]
  expect([await wasm.verify('Größe zählt', one), await best.verify('Größe zählt', two)]).toEqual([true, true])
  expect([await wasm.verify('Grösse zählt', one), await best.verify('Grösse zählt', two)]).toEqual([
    false,
    false,
  ])
})
