import { reading } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { Preferences as Chosen } from '#engines/notify/preferences.ts'
import { notificationTopics } from '#engines/notify/topics/index.ts'
import { notifications, type Preferences } from '#shared/contract/workspace/notifications.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { hasMail } from './plan.ts'
import { preferencesOf, preferencesRow } from './preference-rows.ts'

const leaf = notifications.preferences
/** The schema lets a topic be named with nothing chosen, which the engine reads as what it says. */
const shown = (chosen: Chosen) => chosen as unknown as Preferences

export const getPreferences = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, actor }) => {
    const { id } = actor!
    const { zone } = await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
    const { email } = await reader.db
      .selectFrom('people')
      .select('email')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const word = (on: boolean) => (on ? ('on' as const) : ('off' as const))
    return {
      preferences: shown((await preferencesOf(reader, [id]))(id)),
      topics: notificationTopics
        .filter(topic => topic.audience === 'staff')
        .map(({ id, name, about, urgency, defaults }) => ({
          ...{ id, name, about, urgency },
          defaults: { desktop: word(defaults.includes('desktop')), email: word(defaults.includes('email')) },
        })),
      ...{ zone, email, mail: hasMail(await readSettings(reader, environment)) },
    }
  })

export const setPreferences = handle(leaf.set, async ({ tx, input, actor, now, undoWith }) => {
  const { id } = actor!
  const before = (await preferencesOf(reading(tx), [id]))(id)
  const row = preferencesRow(id, input as unknown as Chosen, now)
  const { preferences, changed_at } = row
  await tx.db
    .insertInto('notification_preferences')
    .values(row)
    .onConflict(on => on.columns(['person_id']).doUpdateSet({ preferences, changed_at }))
    .execute()
  undoWith(leaf.set, shown(before), [leaves('notification_preferences', { person_id: id }, { preferences })])
  return input
})
