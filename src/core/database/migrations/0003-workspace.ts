import { int, table, text } from '../table.ts'

/** Services of the workspace: who is mentioned in comments, and secrets among the settings. */
export const tables = {
  mentions: table({
    scope: 'everyone',
    key: ['comment_id', 'start', 'person_id'],
    columns: {
      comment_id: text(),
      /** Where the mention stands in the comment's body, in UTF-16 units. */
      start: int(),
      length: int(),
      person_id: text(),
    },
    indexes: [['person_id']],
  }),
  /** Settings that no page, log or feed may show. They stay in the database of their machine. */
  secrets: table({
    key: ['name'],
    columns: { name: text(), value: text(), changed_by: text(), changed_at: int() },
  }),
}
