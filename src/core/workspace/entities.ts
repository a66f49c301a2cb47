import { schema } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { EVERYONE, type Role } from '#shared/permissions.ts'

/** What people search for, comment on and open by a link. */
export interface Entity {
  readonly table: keyof typeof schema
  /** The columns of the key, in the order in which a row's id joins them with `/`. */
  readonly key: readonly string[]
  /** Who may find it. */
  readonly roles: readonly Role[]
  /** People talk about it: a comment may stand on a row of it. */
  readonly commented: boolean
}

/** What differs from the usual: everybody finds it, and it can be commented on. */
const PARTICULARS: Readonly<Record<string, Partial<Entity>>> = {
  comment: { commented: false },
  view: { commented: false },
}

/** Every table that can be searched is an entity, and jobs are. */
export const entities: ReadonlyMap<string, Entity> = new Map<string, Entity>([
  ...Object.entries(schema).flatMap(([table, { key, search }]): [string, Entity][] => {
    if (!search) return []
    const usual = { table: table as keyof typeof schema, key, roles: EVERYONE, commented: true }
    return [[search.entity, { ...usual, ...PARTICULARS[search.entity] }]]
  }),
  ['job', { table: 'jobs', key: ['id'], roles: EVERYONE, commented: true }],
])

/** Whether there is such a row. */
export async function rowExists(
  session: Pick<Reader, 'db'>,
  entity: Entity,
  rowId: string,
): Promise<boolean> {
  const parts = rowId.split('/')
  if (parts.length !== entity.key.length) return false
  // The table's name is data here, so the builder cannot know its columns.
  let query = session.db.selectFrom(entity.table as 'people').select('workspace' as never)
  for (const [index, column] of entity.key.entries()) query = query.where(column as 'id', '=', parts[index]!)
  return (await query.executeTakeFirst()) !== undefined
}
