import { expect, it } from 'vitest'
import { openNotices } from './notices.ts'

it('tells of a database that does not answer, tries again later, and not any more when it was closed', async () => {
  const failures: unknown[] = []
  const later: { pause: number; cancelled: boolean }[] = []
  const notices = await openNotices({
    // Nobody listens on this port.
    ...{ url: 'postgres://nobody@127.0.0.1:1/none', channel: 'news' },
    heard: () => expect.unreachable(),
    missed: () => expect.unreachable(),
    onFailure: error => void failures.push(error),
    after(pause) {
      const timer = { pause, cancelled: false }
      later.push(timer)
      return () => {
        timer.cancelled = true
      }
    },
  })
  expect(failures).toMatchObject([{ code: 'ECONNREFUSED' }])
  expect(later).toEqual([{ pause: 1000, cancelled: false }])
  // Nothing is kept for whoever is not there.
  notices.say('hello')
  await notices.close()
  expect(later).toEqual([{ pause: 1000, cancelled: true }])
  expect(failures).toHaveLength(1)
})
