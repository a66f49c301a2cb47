/** Statements of a session that are kept prepared at most: each takes memory of the database, in each session. */
const MOST = 100
/** A longer one was worded for its number of rows, and does not come again. */
const LONGEST = 4000
/** Texts that are watched until they come again. */
const WATCHED = 2000

/**
 * Names for the statements that come again and again, by which a session prepares them once. The first time a text
 * is seen it gets none.
 */
export function createNames(most = MOST): (sql: string) => string | undefined {
  const names = new Map<string, string | undefined>()
  let named = 0
  return sql => {
    if (sql.length > LONGEST) return undefined
    const known = names.get(sql)
    if (known !== undefined) return known
    if (!names.has(sql)) {
      if (names.size >= WATCHED) for (const [text, name] of names) if (name === undefined) names.delete(text)
      names.set(sql, undefined)
      return undefined
    }
    if (named >= most) return undefined
    const name = `s${++named}`
    names.set(sql, name)
    return name
  }
}
