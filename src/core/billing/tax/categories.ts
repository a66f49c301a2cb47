import type { Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { tax as leaf, type TaxSubject } from '#shared/contract/billing/tax.ts'

/** What everything is of that nothing else is said of. */
export const STANDARD = 'standard'

/** How a category names what it is of. */
export function subjectText(subject: TaxSubject): string {
  switch (subject.kind) {
    case 'metric':
      return `metric/${subject.metricId}`
    case 'price':
      return `price/${subject.planId}/${subject.priceKey}`
    case 'one-off':
      return `one-off/${subject.oneOffId}`
  }
}

export const listCategories = answer(leaf.categories, async ({ reader }) => {
  const rows = await reader.db.selectFrom('tax_categories').selectAll().orderBy('subject').execute()
  const metrics = await reader.db.selectFrom('metrics').select(['id', 'name']).execute()
  const plans = await reader.db.selectFrom('plans').select(['id', 'name']).execute()
  const oneOffs = await reader.db.selectFrom('one_offs').select(['id', 'name']).execute()
  const names = new Map([...metrics, ...plans, ...oneOffs].map(({ id, name }) => [id, name]))
  return {
    categories: rows.map(({ subject, category }) => {
      const [, id = '', ...key] = subject.split('/')
      return { subject, name: [names.get(id) ?? id, ...key].join(': '), category }
    }),
  }
})

/** Says of what category something is; the standard is where nothing is said. */
export async function putCategory(tx: Tx, subject: string, category: string): Promise<void> {
  await tx.db.deleteFrom('tax_categories').where('subject', '=', subject).execute()
  if (category !== STANDARD) await tx.db.insertInto('tax_categories').values({ subject, category }).execute()
}

export const setCategory = handle(leaf.setCategory, async ({ tx, input, undoWith }) => {
  const subject = subjectText(input.subject)
  const { category } = input
  const before = await tx.db
    .selectFrom('tax_categories')
    .select('category')
    .where('subject', '=', subject)
    .executeTakeFirst()
  await putCategory(tx, subject, category)
  undoWith(leaf.setCategory, { subject: input.subject, category: before?.category ?? STANDARD }, [
    leaves('tax_categories', { subject }, category === STANDARD ? null : { category }),
  ])
  return { subject, category }
})
