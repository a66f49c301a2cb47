import { addAccount } from '#core/billing/bank/accounts.ts'
import { debitCandidates } from '#core/billing/sepa/candidates.ts'
import { createDebits } from '#core/billing/sepa/create-run.ts'
import { addMandate, revokeMandate } from '#core/billing/sepa/mandates.ts'
import { collectDebits, debitReturned, handInDebits } from '#core/billing/sepa/runs.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { CREDITOR_ID, demoIban, SELLERS } from '#engines/demo/billing/sellers.ts'
import { doneThen, type Past } from './done-then.ts'
import { type BookFacts, DAY, dayOf, HOUR } from './facts.ts'

/** Days before the end of the data on which the file was made. */
const MADE = 17n

/** The workspace's accounts, mandates, a file that was collected with one that came back, and one to hand in. */
export async function keepDebits(tx: Tx, facts: BookFacts, { jobId }: JobFacts): Promise<void> {
  const known = await tx.db.selectFrom('bank_accounts').select('id').limit(1).executeTakeFirst()
  if (known) return
  const { now } = facts
  const past: Past = { tx, jobId, actor: facts.actor }
  const [us, eu] = [SELLERS[0]!, SELLERS[1]!]
  await doneThen(past, now - 400n * DAY, 'account/us', addAccount, {
    ...{ name: `${us.bankName}, operating`, holder: us.name, number: '4711-0092-18', currency: 'USD' },
  })
  const account = await doneThen(past, now - 400n * DAY, 'account/eu', addAccount, {
    ...{ name: `${eu.bankName}, euros`, holder: eu.name, number: eu.iban, bic: eu.bic, currency: 'EUR' },
    creditorId: CREDITOR_ID,
  })
  await addMandates(past, facts)
  await collected(past, now - MADE * DAY + 9n * HOUR, account.id)
  const at = now - 7n * HOUR
  const { days, ids } = await collectable(tx, at)
  if (ids.length > 0)
    await doneThen(past, at, 'debits/open', createDebits, {
      ...{ accountId: account.id, collectOn: days.earliest, invoiceIds: ids },
    })
}

/** Mandates of those who pay so; the last of them took it back. */
async function addMandates(past: Past, { debtors, now }: BookFacts): Promise<void> {
  const rows = await past.tx.db
    .selectFrom('customers')
    .select(['id', 'key', 'name'])
    .where('key', 'in', debtors)
    .execute()
  const holders = debtors.flatMap(key => rows.find(row => row.key === key) ?? [])
  for (const [index, one] of holders.entries()) {
    const at = now - BigInt(340 - index * 31) * DAY
    const mandate = await doneThen(past, at, `mandate/${index}`, addMandate, {
      ...{ customerId: one.id, holder: one.name.slice(0, 70), signedOn: dayOf(at - 3n * DAY) },
      ...{ iban: demoIban('DE', `50010517${String(648_479_3000 + index * 7919).padStart(10, '0')}`) },
      ...{ bic: 'INGDDEFFXXX', scheme: index === 1 ? 'B2B' : 'CORE' },
    })
    if (index === holders.length - 1)
      await doneThen(past, now - 30n * DAY, 'mandate/revoked', revokeMandate, { mandateId: mandate.id })
  }
}

/** Made, handed in, and collected but for the last one, which came back. */
async function collected(past: Past, at: bigint, accountId: string): Promise<void> {
  const { days, ids } = await collectable(past.tx, at)
  if (ids.length < 2) return
  const run = await doneThen(past, at, 'debits/past', createDebits, {
    ...{ accountId, collectOn: days.earliest, invoiceIds: ids },
  })
  const { id: runId } = run
  await doneThen(past, at + 2n * HOUR, 'debits/in', handInDebits, { runId })
  const after = BigInt(Date.parse(days.earliest)) + DAY
  await doneThen(past, after + 8n * HOUR, 'debits/back', debitReturned, {
    ...{ itemId: run.items.at(-1)!.id, code: 'AM04', text: 'Insufficient funds' },
  })
  await doneThen(past, after + 9n * HOUR, 'debits/collected', collectDebits, { runId })
}

async function collectable(tx: Tx, at: bigint) {
  const { days, candidates } = await debitCandidates(tx, at)
  const free = candidates.filter(one => one.fault === null)
  return { days, ids: free.map(one => one.invoiceId) }
}
