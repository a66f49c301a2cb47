import { expect, test } from 'vitest'
import { thresholdsOf } from './quota-dialog.tsx'

test('thresholds are whole percents, each once', () => {
  expect(thresholdsOf(' ')).toBeNull()
  expect(thresholdsOf('80, 90;100 120')).toEqual([80, 90, 100, 120])
  for (const text of ['80,80', '0', '1001', 'a', '80.5', '1 2 3 4 5 6 7 8 9 10 11'])
    expect(thresholdsOf(text), text).toBeUndefined()
})
