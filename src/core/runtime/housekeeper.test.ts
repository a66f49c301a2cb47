import { expect, it } from 'vitest'
import { testClock } from '#test/kit/core-kit.ts'
import { createHousekeeper } from './housekeeper.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

it('a round that fails is noted, and the next one comes in an hour', async () => {
  const clock = testClock()
  const bugs: unknown[] = []
  let rounds = 0
  const housekeeper = createHousekeeper({
    timer: clock,
    due: async () => {
      rounds++
      throw new Error('disk')
    },
    run: async () => false,
    onBug: error => bugs.push(error),
  })
  housekeeper.start()
  clock.advance(60_000)
  await turn()
  expect([rounds, bugs.length]).toEqual([1, 1])
  clock.advance(3_599_999)
  await turn()
  expect(rounds).toBe(1)
  clock.advance(1)
  await turn()
  expect(rounds).toBe(2)
  await housekeeper.close()
  clock.advance(86_400_000)
  await turn()
  expect(rounds).toBe(2)
})

it('waits for the round that is under way when it ends', async () => {
  const clock = testClock()
  let finish: (due: boolean) => void = () => {}
  let over = false
  const housekeeper = createHousekeeper({
    timer: clock,
    due: () => new Promise(resolve => (finish = resolve)),
    run: async () => false,
    onBug: () => {},
  })
  housekeeper.start()
  clock.advance(60_000)
  const closed = housekeeper.close().then(() => {
    over = true
  })
  await turn()
  expect(over).toBe(false)
  finish(false)
  await closed
  expect(over).toBe(true)
})
