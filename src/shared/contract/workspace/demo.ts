import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, query, Uuid } from '../define.ts'

export const DemoMonth = z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/, 'not a month: YYYY-MM')

/** Something that happened to the demo's company and that its bills show. */
export const DemoStory = z.object({
  id: z.enum(['launch', 'leak', 'model-price-cut', 'egress-price-rise']),
  title: z.string(),
  text: z.string(),
  vendor: z.string(),
  currency: z.string(),
  /** Days, `YYYY-MM-DD`; `to` is the first day on which it is over, null when it goes on. */
  from: z.string(),
  to: z.string().nullable(),
  /** The FOCUS columns (`Tags/<key>` for a tag) and their values that single it out. */
  where: z.record(z.string(), z.array(z.string())),
  /** The view of costs that shows it best: a FOCUS column, a grain, and days, both included. */
  look: z.object({ by: z.string(), grain: z.enum(['day', 'month']), first: z.string(), last: z.string() }),
})
export type DemoStory = z.infer<typeof DemoStory>

export const demo = {
  /** Whether this is the demo workspace, what it was made from, and what there is to find in it. */
  state: query('workspace.demo.state', { roles: EVERYONE, open: true, hostOnly: true })
    .input(z.object({}))
    .output(
      z.object({
        demo: z
          .object({
            seed: z.string(),
            /** The first and the last month of its bills. */
            startMonth: DemoMonth,
            endMonth: DemoMonth,
            /** The job that makes its bills and its billing; over when its state is `done`. */
            jobId: Uuid,
            stories: z.array(DemoStory),
            /** What to look at in its billing; null while that is being made. */
            billing: z
              .object({
                /** The month that is over and not closed when the demo is made. */
                openMonth: DemoMonth,
                /** The file of usage that came in after its month was closed. */
                lateFile: z.string(),
              })
              .nullable(),
          })
          .nullable(),
      }),
    ),
  /**
   * Turns an empty workspace into the demo: a made-up company with people, customers, two years of bills,
   * and subscriptions, usage and invoices, which come in by a job. The workspace is labelled as demo from then on.
   */
  create: command('workspace.demo.create', {
    roles: EVERYONE,
    open: true,
    authorityOnly: true,
    hostOnly: true,
  })
    .input(
      z.object({
        seed: z.string().min(1).max(100).default('quarterdeck'),
        /** The last month of bills, which is over; without it, the bills reach to the day before, in UTC. */
        endMonth: DemoMonth.optional(),
      }),
    )
    .output(z.object({ jobId: Uuid, admin: Uuid }))
    .errors({ WORKSPACE_NOT_EMPTY: { data: z.object({ name: z.string() }) } }),
  /** Takes the demo away as a whole, with all that was added to it; the workspace is empty again. */
  remove: command('workspace.demo.remove', { roles: ['admin'], authorityOnly: true, hostOnly: true })
    .input(z.object({}))
    .output(z.object({ rows: z.bigint() }))
    .errors({
      /** A company's workspace is never removed by this. */
      WORKSPACE_NOT_DEMO: { data: z.object({ name: z.string() }) },
      /** Jobs are waiting or running; cancel them or wait for their end. */
      WORKSPACE_BUSY: { data: z.object({ jobs: z.int() }) },
    }),
}
