import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { LANGUAGES } from '#engines/notify/topic.ts'
import { findTopic, notificationTopics } from '#engines/notify/topics/index.ts'
import { checkWords } from '#engines/notify/words.ts'
import { notifications } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'

const leaf = notifications.words
const customerTopics = notificationTopics.filter(topic => topic.audience === 'customer')

export const listWords = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db.selectFrom('notification_words').selectAll().execute()
  const own = new Map(rows.map(row => [`${row.topic} ${row.language}`, row]))
  return {
    topics: customerTopics.map(({ id, name, about, words }) => ({
      ...{ id, name, about },
      languages: LANGUAGES.map(language => {
        const row = own.get(`${id} ${language}`)
        const mine = row === undefined ? null : { title: row.title, body: row.body }
        return { language, ours: words[language] ?? words.en, own: mine }
      }),
    })),
  }
})

export const setWords = handle(leaf.set, async ({ tx, input, actor, now, undoWith }) => {
  const { topic: id, language, title, body } = input
  const topic = findTopic(id)
  if (topic?.audience !== 'customer') throw refuse('NOTIFY_TOPIC_UNKNOWN', { topic: id })
  const problems = checkWords(topic, { title, body })
  if (problems.length > 0) throw refuse('NOTIFY_WORDS', { problems })
  const key = { topic: id, language }
  const before = await tx.db
    .selectFrom('notification_words')
    .select(['title', 'body'])
    .where('topic', '=', id)
    .where('language', '=', language)
    .executeTakeFirst()
  const values = { title, body, changed_by: byWhom(actor), changed_at: now }
  await tx.db
    .insertInto('notification_words')
    .values({ ...key, ...values })
    .onConflict(on => on.columns(['topic', 'language']).doUpdateSet(values))
    .execute()
  const expect = [leaves('notification_words', key, { title, body })]
  if (before) undoWith(leaf.set, { ...key, ...before }, expect)
  else undoWith(leaf.reset, key, expect)
  return key
})

export const resetWords = handle(leaf.reset, async ({ tx, input, undoWith }) => {
  const { topic, language } = input
  const before = await tx.db
    .deleteFrom('notification_words')
    .where('topic', '=', topic)
    .where('language', '=', language)
    .returning(['title', 'body'])
    .executeTakeFirst()
  if (!before) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'words', id: `${topic} ${language}` })
  undoWith(leaf.set, { topic, language, ...before }, [
    leaves('notification_words', { topic, language }, null),
  ])
  return { topic, language }
})
