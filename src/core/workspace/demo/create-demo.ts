import { enqueueJob } from '#core/jobs/job-table.ts'
import { capabilityOf, handle } from '#core/runtime/handlers.ts'
import { type DemoCompany, demoCompany } from '#engines/demo/company.ts'
import { isoDay } from '#engines/demo/days.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { demoJob } from './demo-job.ts'

/** Milliseconds in a day. */
const DAY = 86_400_000

/**
 * Makes the demo's people and customers in one transaction, and queues the job that brings its bills in, as one
 * of the analysts would.
 */
export const createDemo = handle(contract.workspace.demo.create, async ({ tx, input, ids, now, runById }) => {
  const { seed } = input
  const { endMonth, lastDay } = input.endMonth === undefined ? yesterday(now) : { endMonth: input.endMonth }
  const company = demoCompany(seed, endMonth, lastDay)
  const [first, ...others] = adminFirst(company)
  const { name, timeZone, homeCurrency } = company.workspace
  const made = await runById(
    capabilityOf(contract.workspace.setup.create).id,
    {
      name,
      zone: timeZone,
      currency: homeCurrency,
      demo: true,
      admin: { name: first!.name, email: first!.email },
    },
    { trusted: true },
  )
  const { admin } = made as { admin: string }
  const people = others.map(person => ({
    id: ids.next(),
    name: person.name,
    email: person.email,
    roles: canonicalJson([person.role]),
    active: 1n,
    created_at: now,
  }))
  await tx.db.insertInto('people').values(people).execute()
  const customers = company.customers.map(customer => ({
    id: ids.next(),
    key: customer.key,
    name: customer.name,
    email: customer.email,
    country: customer.country,
    currency: customer.currency,
    zone: customer.timeZone,
    industry: customer.industry,
    tier: customer.tier,
    seats: BigInt(customer.seats),
    signed_up_on: customer.signedUpOn,
    churned_on: customer.churnedOn,
    created_at: now,
  }))
  await tx.db.insertInto('customers').values(customers).execute()
  const settings = Object.entries(company.workspace.documents).map(([setting, value]) => ({
    ...{ name: `billing.${setting}`, value: canonicalJson(value), changed_by: admin, changed_at: now },
  }))
  await tx.db.insertInto('settings').values(settings).execute()
  const jobId = ids.next()
  const analyst = people.find(person => person.roles.includes('analyst'))!.id
  await enqueueJob(tx, {
    id: jobId,
    kind: demoJob.name,
    input: { seed, endMonth, lastDay },
    actor: analyst,
    at: now,
  })
  await tx.db
    .insertInto('demo_state')
    .values({ seed, end_month: endMonth, job_id: jobId, created_at: now })
    .execute()
  return { jobId, admin }
})

function adminFirst(company: DemoCompany) {
  return company.people.toSorted((a, b) => Number(b.role === 'admin') - Number(a.role === 'admin'))
}

/** The day before an instant in milliseconds, in UTC: vendors deliver the running month up to it. */
function yesterday(now: bigint): { endMonth: string; lastDay: number } {
  const day = isoDay(Math.floor(Number(now) / DAY) - 1)
  return { endMonth: day.slice(0, 7), lastDay: Number(day.slice(8)) }
}
