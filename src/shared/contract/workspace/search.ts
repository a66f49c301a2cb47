import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { query } from '../define.ts'

export const SearchHit = z.object({
  /** What it is: `person`, `view`, `comment`, `customer` … */
  entity: z.string(),
  id: z.string(),
  title: z.string(),
  /** A piece of the text round the first word that was found; empty where the title says it all. */
  snippet: z.string(),
  /** The address in the application that shows it, for example `/workspace/people?person=…`. */
  link: z.string(),
})
export type SearchHit = z.infer<typeof SearchHit>

export const search = {
  /** Entities whose text has all the words, each as a beginning of a word; the best first. */
  query: query('workspace.search.query', { roles: EVERYONE })
    .input(
      z.object({
        text: z.string().max(10_000),
        /** Only entities of these kinds. */
        entities: z.array(z.string().max(50)).max(50).optional(),
        limit: z.number().int().min(1).max(100).default(20),
      }),
    )
    .output(z.object({ hits: z.array(SearchHit), more: z.boolean() })),
  /** The same for a list of one entity: the ids of the rows that are found, the best first. */
  rows: query('workspace.search.rows', { roles: EVERYONE })
    .input(
      z.object({
        entity: z.string().max(50),
        text: z.string().max(10_000),
        limit: z.number().int().min(1).max(5000).default(5000),
      }),
    )
    .output(z.object({ ids: z.array(z.string()), more: z.boolean() })),
}
