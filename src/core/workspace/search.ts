import { type Found, fullTextIds, fullTextSearch, searchWords } from '#core/database/search.ts'
import type { Reader } from '#core/database/store.ts'
import { type Actor, answer } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { SearchHit } from '#shared/contract/workspace/search.ts'
import type { Id } from '#shared/ids.ts'
import { mayUse } from '#shared/permissions.ts'
import { addressesOf } from './addresses.ts'
import { entities } from './entities.ts'
import { snippetOf } from './snippet.ts'

/** What is fetched at a time, and how often: rows that the actor may not see are left out of each page. */
const PAGE = 100
const MOST_PAGES = 5

export const search = answer(contract.workspace.search.query, async ({ reader, input, actor }) => {
  const wanted = [...entities]
    .filter(([name, { roles }]) => mayUse(actor!.roles, roles) && (input.entities?.includes(name) ?? true))
    .map(([name]) => name)
  const words = searchWords(input.text)
  const hits: SearchHit[] = []
  for (let page = 0; page < MOST_PAGES && hits.length <= input.limit; page++) {
    const found = await fullTextSearch(reader, words, wanted, PAGE, page * PAGE)
    for (const hit of await visible(reader, found, actor!, words)) hits.push(hit)
    if (found.length < PAGE) break
  }
  return { hits: hits.slice(0, input.limit), more: hits.length > input.limit }
})

export const searchRows = answer(contract.workspace.search.rows, async ({ reader, input, actor }) => {
  const entity = entities.get(input.entity)
  if (!entity || !mayUse(actor!.roles, entity.roles)) return { ids: [], more: false }
  const found = await idsOfText(reader, input.entity, input.text, input.limit + 1)
  const ids = found.slice(0, input.limit)
  const links = await addressesOf(reader, input.entity, ids, actor!)
  return { ids: ids.filter(id => links.has(id)), more: found.length > ids.length }
})

/**
 * The ids of the rows of an entity under some words, for the query behind a paged list, which narrows itself
 * to them: `where('id', 'in', …)`. Who may see which rows is that query's to decide.
 */
export function idsOfText(reader: Reader, entity: string, text: string, limit: number): Promise<Id[]> {
  return fullTextIds(reader, searchWords(text), entity, limit)
}

/** The hits that this person may see, with their addresses. */
async function visible(
  reader: Reader,
  found: readonly Found[],
  actor: Actor,
  words: readonly string[],
): Promise<SearchHit[]> {
  const links = new Map<string, Map<Id, string>>()
  for (const entity of new Set(found.map(one => one.entity))) {
    const ids = found.filter(one => one.entity === entity).map(one => one.rowId)
    links.set(entity, await addressesOf(reader, entity, ids, actor))
  }
  return found.flatMap(({ entity, rowId, title, body }) => {
    const link = links.get(entity)!.get(rowId)
    if (link === undefined) return []
    // A comment has no title: a piece of it is one.
    const short = entity === 'comment' ? snippetOf(title, words) : title
    return [{ entity, id: rowId, title: short, snippet: snippetOf(body, words), link }]
  })
}
