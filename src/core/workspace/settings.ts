import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import type { Setting, SettingValue } from '#shared/contract/workspace/settings.ts'
import { refuse } from '#shared/errors.ts'
import {
  type EnvironmentSettings,
  findSetting,
  messageOf,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type Settings,
} from '#shared/settings.ts'
import type { AnySetting } from '#shared/settings-kinds.ts'

const leaf = contract.workspace.settings

interface Stored {
  readonly value: SettingValue
  readonly changedBy: string | null
  readonly changedAt: bigint | null
}

/** The columns of the workspace that are settings. */
const COLUMNS = {
  'workspace.name': 'name',
  'workspace.zone': 'zone',
  'workspace.currency': 'currency',
} as const
type WorkspaceSetting = keyof typeof COLUMNS

/** What is stored, by name; secrets are left out. */
async function storedSettings(session: Pick<Reader, 'db'>): Promise<Map<string, Stored>> {
  const [state, rows] = await Promise.all([
    session.db.selectFrom('workspace_state').select(['name', 'zone', 'currency']).executeTakeFirstOrThrow(),
    session.db.selectFrom('settings').selectAll().execute(),
  ])
  const stored = new Map<string, Stored>()
  for (const [name, column] of Object.entries(COLUMNS))
    stored.set(name, { value: state[column], changedBy: null, changedAt: null })
  for (const row of rows) {
    // A value that an older version stored and that means nothing today counts as not stored.
    const outcome = findSetting(row.name)?.spec.schema.safeParse(fromCanonical(row.value))
    if (outcome?.success)
      stored.set(row.name, { value: outcome.data, changedBy: row.changed_by, changedAt: row.changed_at })
  }
  return stored
}

/**
 * The settings as they are in force, for other features: environment before stored before default. Secrets
 * are null here; a service reads one with `readSecret`.
 */
export async function readSettings(
  session: Pick<Reader, 'db'>,
  environment: EnvironmentSettings,
): Promise<Settings> {
  const stored = await storedSettings(session)
  const values = SETTING_NAMES.map(name => {
    const spec: AnySetting = SETTINGS[name]
    if (spec.secret) return [name, null]
    return [name, environment[name] ?? stored.get(name)?.value ?? spec.default]
  })
  return Object.fromEntries(values) as Settings
}

/** A secret as it is in force, for what talks to the outside. Never give it to a page or to the log. */
export async function readSecret(
  session: Pick<Reader, 'db'>,
  environment: EnvironmentSettings,
  name: SettingName,
): Promise<string | null> {
  const row = await session.db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return (environment[name] as string | undefined) ?? row?.value ?? null
}

async function secretsOf(session: Pick<Reader, 'db'>): Promise<Map<string, Stored>> {
  const rows = await session.db.selectFrom('secrets').select(['name', 'changed_by', 'changed_at']).execute()
  return new Map(
    rows.map(row => [row.name, { value: null, changedBy: row.changed_by, changedAt: row.changed_at }]),
  )
}

/** A setting as a page shows it: of a secret only whether there is one. */
function shown(
  name: SettingName,
  environment: EnvironmentSettings,
  stored: Stored | undefined,
  people: ReadonlyMap<string, string>,
): Setting {
  const spec: AnySetting = SETTINGS[name]
  const overridden = environment[name] !== undefined
  const value = environment[name] ?? stored?.value ?? spec.default
  const { changedBy = null, changedAt = null } = stored ?? {}
  return {
    name,
    group: spec.group,
    kind: spec.kind,
    choices: [...spec.choices],
    unit: spec.unit,
    secret: spec.secret,
    variable: spec.variable,
    value: spec.secret ? null : value,
    isSet: spec.secret ? overridden || stored !== undefined : value !== null,
    source: overridden ? 'environment' : stored ? 'stored' : 'default',
    default: spec.default,
    changedBy: changedBy === null ? null : { id: changedBy, name: people.get(changedBy) ?? '' },
    changedAt,
  }
}

async function shownOne(tx: Tx, name: SettingName, environment: EnvironmentSettings): Promise<Setting> {
  const stored = SETTINGS[name].secret ? await secretsOf(reading(tx)) : await storedSettings(reading(tx))
  return shown(name, environment, stored.get(name), await namesOf(reading(tx)))
}

async function namesOf(session: Pick<Reader, 'db'>): Promise<Map<string, string>> {
  const rows = await session.db.selectFrom('people').select(['id', 'name']).execute()
  return new Map(rows.map(row => [row.id, row.name]))
}

export const listSettings = (environment: EnvironmentSettings) =>
  answer(leaf.list, async ({ reader }) => {
    const stored = await storedSettings(reader)
    const secrets = await secretsOf(reader)
    const people = await namesOf(reader)
    return {
      settings: SETTING_NAMES.map(name =>
        shown(name, environment, stored.get(name) ?? secrets.get(name), people),
      ),
    }
  })

/** The setting that a command names, where nothing in the environment overrides it. */
function changeable(name: string, environment: EnvironmentSettings) {
  const found = findSetting(name)
  if (!found) throw refuse('WORKSPACE_SETTING_UNKNOWN', { name })
  const { variable } = found.spec
  if (variable !== null && environment[found.name] !== undefined)
    throw refuse('WORKSPACE_SETTING_OVERRIDDEN', { name, variable })
  return found
}

function parsed(name: string, spec: AnySetting, value: SettingValue): SettingValue {
  const outcome = spec.schema.safeParse(value)
  if (outcome.success) return outcome.data
  throw refuse('WORKSPACE_SETTING_INVALID', { name, message: messageOf(outcome.error) })
}

export const setSetting = (environment: EnvironmentSettings) =>
  handle(leaf.set, async call => {
    const { tx, input, undoWith } = call
    const { name, spec } = changeable(input.name, environment)
    const value = parsed(name, spec, input.value)
    const before = (await storedSettings(reading(tx))).get(name)
    if (spec.place === 'workspace') {
      const column = COLUMNS[name as WorkspaceSetting]
      await tx.db
        .updateTable('workspace_state')
        .set({ [column]: value as string })
        .execute()
      const expect = [leaves('workspace_state', {}, { [column]: value as string })]
      undoWith(leaf.set, { name, value: before!.value }, expect)
      return shownOne(tx, name, environment)
    }
    await store(call, 'settings', name, canonicalJson(value))
    const expect = [leaves('settings', { name }, { value: canonicalJson(value) })]
    if (before) undoWith(leaf.set, { name, value: before.value }, expect)
    else undoWith(leaf.clear, { name }, expect)
    return shownOne(tx, name, environment)
  })

export const clearSetting = (environment: EnvironmentSettings) =>
  handle(leaf.clear, async ({ tx, input, undoWith }) => {
    const { name, spec } = changeable(input.name, environment)
    if (spec.place === 'workspace') throw refuse('WORKSPACE_SETTING_REQUIRED', { name })
    const before = (await storedSettings(reading(tx))).get(name)
    await tx.db.deleteFrom(spec.place).where('name', '=', name).execute()
    if (before && !spec.secret)
      undoWith(leaf.set, { name, value: before.value }, [leaves('settings', { name }, null)])
    return shownOne(tx, name, environment)
  })

export const setSecret = (environment: EnvironmentSettings) =>
  handle(leaf.setSecret, async call => {
    const { name, spec } = changeable(call.input.name, environment)
    if (!spec.secret) throw refuse('WORKSPACE_SETTING_NOT_SECRET', { name })
    await store(call, 'secrets', name, call.input.value)
    return shownOne(call.tx, name, environment)
  })

async function store(
  { tx, actor, now }: Pick<CommandCall<unknown>, 'tx' | 'actor' | 'now'>,
  place: 'settings' | 'secrets',
  name: string,
  value: string,
): Promise<void> {
  const row: Row<'settings'> = { name, value, changed_by: byWhomOrNobody(actor), changed_at: now }
  await tx.db
    .insertInto(place)
    .values(row)
    .onConflict(conflict =>
      conflict
        .columns(['name'])
        .doUpdateSet({ value, changed_by: row.changed_by, changed_at: row.changed_at }),
    )
    .execute()
}
