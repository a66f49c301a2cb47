import { expect, test } from 'vitest'
import { createKeptAnswers } from './kept-answers.ts'

const of = (now: bigint, input: unknown = {}) => ({ id: 'billing.churn.analyse', input, now })
const until = (value: { until: bigint }) => value.until

/** A query that counts how often it ran. */
function counting(tables: string[]) {
  let runs = 0
  const read = async () => ({ value: { run: ++runs, until: 100n }, tables })
  return { read, runs: () => runs }
}

test('an answer is kept until a commit changes what it read, or its time is over', async () => {
  const answers = createKeptAnswers()
  const { read, runs } = counting(['subscriptions', 'prices'])
  const ask = (now: bigint, input?: unknown) => answers.answer(of(now, input), until as never, read)
  expect((await ask(10n)).value).toEqual({ run: 1, until: 100n })
  answers.committed(new Set(['usage_buckets']))
  answers.committed(new Set())
  expect((await ask(20n)).value).toMatchObject({ run: 1 })
  // Another input is another answer.
  await ask(20n, { months: 24 })
  expect(runs()).toBe(2)
  answers.committed(new Set(['prices', 'usage_buckets']))
  expect((await ask(30n)).value).toMatchObject({ run: 3 })
  expect((await ask(99n)).value).toMatchObject({ run: 3 })
  expect((await ask(100n)).value).toMatchObject({ run: 4 })
  // By a clock that was set back it may not be so yet.
  expect((await ask(5n)).value).toMatchObject({ run: 5 })
})

test('what is overtaken while it is read is not kept', async () => {
  const answers = createKeptAnswers()
  const { read, runs } = counting(['subscriptions'])
  const slow = async () => {
    const answer = await read()
    answers.committed(new Set(['subscriptions']))
    return answer
  }
  await answers.answer(of(1n), until as never, slow)
  await answers.answer(of(1n), until as never, read)
  await answers.answer(of(1n), until as never, read)
  expect(runs()).toBe(2)
})

test('the one that came in first goes first', async () => {
  const answers = createKeptAnswers(2)
  const { read, runs } = counting(['subscriptions'])
  for (const input of [1, 2, 3, 3, 2, 1]) await answers.answer(of(1n, { input }), until as never, read)
  expect(runs()).toBe(4)
  expect(answers.opening()).toBe(0)
  answers.opened(null as never, 0)
})
