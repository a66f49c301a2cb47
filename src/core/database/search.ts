import { type DatabaseKind, quote } from './ddl.ts'
import { schema } from './schema.ts'
import type { Reader } from './store.ts'
import type { Table } from './table.ts'

/** One entity that a search found. */
export interface Found {
  readonly entity: string
  readonly rowId: string
  readonly title: string
  readonly body: string
}

/**
 * The statements that make the search index: one document per row of every searchable table, kept by
 * triggers (which always run, also while sync applies the server's rows), and the full-text index of the
 * database over it. They replace what an earlier version of the schema made.
 */
export function searchObjects(kind: DatabaseKind, tables: Record<string, Table>): string[] {
  const searchable = Object.entries(tables).filter(([, table]) => table.search)
  return kind === 'sqlite'
    ? [...sqliteIndex(), ...searchable.flatMap(([name, table]) => sqliteTriggers(name, table))]
    : [...postgresIndex(), ...searchable.flatMap(([name, table]) => postgresTriggers(name, table))]
}

/** The document of a row as SQL, with `from` in front of each column: `new.`, `old.` or nothing. */
function documentOf(table: Table, from: string) {
  const search = table.search!
  const column = (name: string) => from + quote(name)
  return {
    entity: `'${search.entity}'`,
    id: table.key.map(column).join(" || '/' || "),
    title: column(search.title),
    body: search.body.map(name => `coalesce(${column(name)}, '')`).join(" || ' ' || ") || "''",
  }
}

function statementsFor(table: Table, from: string) {
  const { entity, id, title, body } = documentOf(table, from)
  return {
    add: `INSERT INTO search_documents(workspace, entity, row_id, title, body)
      VALUES (${from}workspace, ${entity}, ${id}, ${title}, ${body});`,
    remove: `DELETE FROM search_documents
      WHERE workspace = ${from}workspace AND entity = ${entity} AND row_id = ${id};`,
    fill: (name: string) => `INSERT INTO search_documents(workspace, entity, row_id, title, body)
      SELECT workspace, ${entity}, ${id}, ${title}, ${body} FROM ${quote(name)}`,
  }
}

function sqliteIndex(): string[] {
  const forget = `INSERT INTO search_index(search_index, rowid, title, body)
    VALUES ('delete', old.number, old.title, old.body);`
  const add = 'INSERT INTO search_index(rowid, title, body) VALUES (new.number, new.title, new.body);'
  return [
    'DROP TABLE IF EXISTS search_index',
    'DROP TABLE IF EXISTS search_documents',
    `CREATE TABLE search_documents (number INTEGER PRIMARY KEY, workspace TEXT NOT NULL, entity TEXT NOT NULL,
      row_id TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (workspace, entity, row_id)) STRICT`,
    `CREATE VIRTUAL TABLE search_index USING fts5(title, body, content='search_documents',
      content_rowid='number', tokenize="unicode61 remove_diacritics 2", prefix='2 3')`,
    `CREATE TRIGGER search_documents_insert AFTER INSERT ON search_documents BEGIN ${add} END`,
    `CREATE TRIGGER search_documents_delete AFTER DELETE ON search_documents BEGIN ${forget} END`,
  ]
}

function sqliteTriggers(name: string, table: Table): string[] {
  const now = statementsFor(table, 'new.')
  const before = statementsFor(table, 'old.')
  const trigger = (event: string, body: string) => {
    const trigger = quote(`search_${name}_${event}`)
    return [
      `DROP TRIGGER IF EXISTS ${trigger}`,
      `CREATE TRIGGER ${trigger} AFTER ${event} ON ${quote(name)} BEGIN ${body} END`,
    ]
  }
  return [
    ...trigger('INSERT', now.add),
    ...trigger('UPDATE', before.remove + now.add),
    ...trigger('DELETE', before.remove),
    statementsFor(table, '').fill(name),
  ]
}

/**
 * What PostgreSQL indexes of a text, so that both databases find the same: without marks above and below
 * letters, in lower case, with punctuation as spaces (its parser would keep `grace@example.com` in one piece).
 */
function folded(column: string): string {
  const punctuation = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~–—·•…„“”‘’«»"
  const spaces = ' '.repeat(punctuation.length - 1)
  const bare = `regexp_replace(normalize(${column}, NFD), '[\\u0300-\\u036f]', '', 'g')`
  return `lower(translate(${bare}, '${punctuation}', '${spaces}'))`
}

function postgresIndex(): string[] {
  return [
    'DROP TABLE IF EXISTS search_documents',
    `CREATE TABLE search_documents (workspace text COLLATE "C" NOT NULL, entity text COLLATE "C" NOT NULL,
      row_id text COLLATE "C" NOT NULL, title text NOT NULL, body text NOT NULL,
      document tsvector GENERATED ALWAYS AS
        (setweight(to_tsvector('simple', ${folded('title')}), 'A')
          || to_tsvector('simple', ${folded('body')})) STORED,
      PRIMARY KEY (workspace, entity, row_id))`,
    'CREATE INDEX search_documents_by_document ON search_documents USING gin (document)',
  ]
}

function postgresTriggers(name: string, table: Table): string[] {
  const now = statementsFor(table, 'NEW.')
  const before = statementsFor(table, 'OLD.')
  const trigger = quote(`search_${name}`)
  return [
    `CREATE OR REPLACE FUNCTION ${trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF TG_OP <> 'INSERT' THEN ${before.remove} END IF;
      IF TG_OP <> 'DELETE' THEN ${now.add} END IF;
      RETURN NULL; END $$`,
    `DROP TRIGGER IF EXISTS ${trigger} ON ${quote(name)}`,
    `CREATE TRIGGER ${trigger} AFTER INSERT OR UPDATE OR DELETE ON ${quote(name)}
      FOR EACH ROW EXECUTE FUNCTION ${trigger}()`,
    statementsFor(table, '').fill(name),
  ]
}

/** The words of a person's search, cleaned of what either full-text language would read as an operator. */
export function searchWords(text: string): string[] {
  return text
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(word => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MOST_WORDS)
    .map(word => [...word].slice(0, LONGEST_WORD).join(''))
}

const MOST_WORDS = 12
const LONGEST_WORD = 64

/** The tables whose rows can be found: the topics of every search. */
const searchable = Object.entries(schema).flatMap(([name, { search }]) => (search ? [name] : []))

/**
 * Rows of these entities whose text holds all the words, each as a beginning of a word; the best matches first.
 * @param words as `searchWords` gives them
 */
export async function fullTextSearch(
  reader: Reader,
  words: readonly string[],
  entities: readonly string[],
  limit: number,
  offset = 0,
): Promise<Found[]> {
  for (const table of searchable) reader.touched.read.add(table)
  if (words.length === 0 || entities.length === 0) return []
  if (reader.kind === 'sqlite') {
    const match = sqliteMatch(words)
    return reader.raw<Found & Record<string, unknown>>(
      `SELECT d.entity, d.row_id AS "rowId", d.title, d.body FROM search_index
        JOIN search_documents d ON d.number = search_index.rowid
        WHERE search_index MATCH ? AND d.workspace = ? AND d.entity IN (${entities.map(() => '?').join(', ')})
        ORDER BY bm25(search_index, 4.0, 1.0), d.title, d.entity, d.row_id LIMIT ? OFFSET ?`,
      [match, reader.workspace, ...entities, BigInt(limit), BigInt(offset)],
    )
  }
  const match = postgresMatch(words)
  return reader.raw<Found & Record<string, unknown>>(
    `SELECT entity, row_id AS "rowId", title, body FROM search_documents
      WHERE workspace = $1 AND document @@ to_tsquery('simple', $2)
        AND entity IN (${entities.map((_, index) => `$${index + 5}`).join(', ')})
      ORDER BY ts_rank(document, to_tsquery('simple', $2)) DESC, title COLLATE "C", entity, row_id
      LIMIT $3 OFFSET $4`,
    [reader.workspace, match, BigInt(limit), BigInt(offset), ...entities],
  )
}

/**
 * The ids of the rows of one entity that `fullTextSearch` would find, the best matches first, without their
 * texts: for lists of any length.
 */
export async function fullTextIds(
  reader: Reader,
  words: readonly string[],
  entity: string,
  limit: number,
): Promise<string[]> {
  for (const table of searchable) reader.touched.read.add(table)
  if (words.length === 0) return []
  const rows =
    reader.kind === 'sqlite'
      ? await reader.raw<{ rowId: string }>(
          `SELECT d.row_id AS "rowId" FROM search_index JOIN search_documents d ON d.number = search_index.rowid
            WHERE search_index MATCH ? AND d.workspace = ? AND d.entity = ?
            ORDER BY bm25(search_index, 4.0, 1.0), d.title, d.row_id LIMIT ?`,
          [sqliteMatch(words), reader.workspace, entity, BigInt(limit)],
        )
      : await reader.raw<{ rowId: string }>(
          `SELECT row_id AS "rowId" FROM search_documents
            WHERE workspace = $1 AND document @@ to_tsquery('simple', $2) AND entity = $3
            ORDER BY ts_rank(document, to_tsquery('simple', $2)) DESC, title COLLATE "C", row_id LIMIT $4`,
          [reader.workspace, postgresMatch(words), entity, BigInt(limit)],
        )
  return rows.map(row => row.rowId)
}

function sqliteMatch(words: readonly string[]): string {
  return words.map(word => `"${word}"*`).join(' ')
}

function postgresMatch(words: readonly string[]): string {
  const bare = (word: string) =>
    word
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
  return words.map(word => `${bare(word)}:*`).join(' & ')
}
