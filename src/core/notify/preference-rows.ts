import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { NO_PREFERENCES, type Preferences } from '#engines/notify/preferences.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'

/** What people chose, by person; who chose nothing has what `NO_PREFERENCES` says. */
export async function preferencesOf(
  session: Pick<Reader, 'db'>,
  people: readonly Id[],
): Promise<(person: Id) => Preferences> {
  if (people.length === 0) return () => NO_PREFERENCES
  const rows = await session.db
    .selectFrom('notification_preferences')
    .select(['person_id', 'preferences'])
    .where('person_id', 'in', people)
    .execute()
  const known = new Map(rows.map(row => [row.person_id, read(row.preferences)]))
  return person => known.get(person) ?? NO_PREFERENCES
}

function read(text: string): Preferences {
  return { ...NO_PREFERENCES, ...fromCanonical<Partial<Preferences>>(text) }
}

/** Preferences as their row. */
export function preferencesRow(
  person: Id,
  preferences: Preferences,
  now: bigint,
): Row<'notification_preferences'> {
  return { person_id: person, preferences: canonicalJson(preferences), changed_at: now }
}
