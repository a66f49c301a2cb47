import { answer } from '#core/runtime/handlers.ts'
import { DEMO_MONTHS } from '#engines/demo/company.ts'
import { monthPlus } from '#engines/demo/days.ts'
import { storiesOf } from '#engines/demo/stories.ts'
import { contract } from '#shared/contract/index.ts'

/** What the demo was made from and what there is to find in it; null in any other workspace. */
export const demoState = answer(contract.workspace.demo.state, async ({ reader }) => {
  const row = await reader.db.selectFrom('demo_state').selectAll().executeTakeFirst()
  if (!row) return { demo: null }
  const closed = await reader.db
    .selectFrom('close_runs')
    .select(eb => eb.fn.max('period').as('last'))
    .where('job_id', '=', row.job_id)
    .executeTakeFirst()
  const late = await reader.db
    .selectFrom('usage_imports')
    .select('file_name')
    .where('job_id', '=', row.job_id)
    .where('state', '=', 'stored')
    .executeTakeFirst()
  return {
    demo: {
      seed: row.seed,
      startMonth: monthPlus(row.end_month, 1 - DEMO_MONTHS),
      endMonth: row.end_month,
      jobId: row.job_id,
      // The late usage comes last: once it is there, all is.
      billing:
        closed?.last && late ? { openMonth: monthPlus(closed.last, 1), lateFile: late.file_name } : null,
      stories: storiesOf(row.end_month).map(story => ({
        ...story,
        where: Object.fromEntries(
          Object.entries(story.where).map(([column, values]) => [column, [...values]]),
        ),
      })),
    },
  }
})
