import { answer } from '#core/runtime/handlers.ts'
import { DEMO_MONTHS } from '#engines/demo/company.ts'
import { monthPlus } from '#engines/demo/days.ts'
import { storiesOf } from '#engines/demo/stories.ts'
import { contract } from '#shared/contract/index.ts'

/** What the demo was made from and what there is to find in it; null in any other workspace. */
export const demoState = answer(contract.workspace.demo.state, async ({ reader }) => {
  const row = await reader.db.selectFrom('demo_state').selectAll().executeTakeFirst()
  if (!row) return { demo: null }
  return {
    demo: {
      seed: row.seed,
      startMonth: monthPlus(row.end_month, 1 - DEMO_MONTHS),
      endMonth: row.end_month,
      jobId: row.job_id,
      stories: storiesOf(row.end_month).map(story => ({
        ...story,
        where: Object.fromEntries(
          Object.entries(story.where).map(([column, values]) => [column, [...values]]),
        ),
      })),
    },
  }
})
