import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import type { AnyTopic, Words } from '#engines/notify/topic.ts'
import { type Reader as Addressee, fillWords } from '#engines/notify/words.ts'
import { fromCanonical } from '#shared/canonical.ts'

/** The words of a topic in a language: the workspace's own, else ours, else ours in English. */
export async function wordsOf(
  session: Pick<Reader, 'db'>,
  topic: AnyTopic,
  language: Addressee['language'],
): Promise<Words> {
  const own =
    topic.audience === 'customer'
      ? await session.db
          .selectFrom('notification_words')
          .select(['title', 'body'])
          .where('topic', '=', topic.id)
          .where('language', '=', language)
          .executeTakeFirst()
      : undefined
  return own ?? topic.words[language] ?? topic.words.en
}

/** A stored notification in words, for one reader. */
export async function notificationWords(
  session: Pick<Reader, 'db'>,
  topic: AnyTopic,
  notification: Pick<Row<'notifications'>, 'params'>,
  addressee: Addressee,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Words> {
  const values = { ...fromCanonical<Record<string, unknown>>(notification.params), ...more }
  return fillWords(await wordsOf(session, topic, addressee.language), topic.params, values, addressee)
}
