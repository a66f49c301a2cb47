import { grantToWallet } from '#core/billing/wallets/grant.ts'
import { captureHold, holdInWallet } from '#core/billing/wallets/holds.ts'
import { lapseWallets } from '#core/billing/wallets/lapse-due.ts'
import { payFromWallets } from '#core/billing/wallets/pay-invoice.ts'
import { createWallet } from '#core/billing/wallets/write-wallet.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { callOf, doneThen, type Past } from './done-then.ts'
import { type BookFacts, DAY, HOUR, invoicesOf } from './facts.ts'

const WEEK = 7n * DAY
/** Both gifts may lie in one month: together one person gives them without asking another. */
const GIFTS = { launch: 70_000n, spring: 20_000n } as const
const atMost = (amount: bigint, most: bigint) => (amount < most ? amount : most)
/** How much of a prepaid wallet was used in each week of the past, in hundredths. */
const USED = [12, 9, 14, 8, 11, 6] as const

/** Wallets: one that pays invoices, one that is used by and by, one that tops itself up. */
export async function keepWallets(tx: Tx, facts: BookFacts, { jobId }: JobFacts): Promise<void> {
  const known = await tx.db.selectFrom('wallets').select('id').limit(1).executeTakeFirst()
  if (known) return
  const past: Past = { tx, jobId, actor: facts.actor }
  await paysInvoices(past, facts)
  await usedByAndBy(past, facts)
  await topsItselfUp(past, facts)
}

/** Paid ahead, with a gift that goes first; it paid a part of the last invoice. */
async function paysInvoices(past: Past, { closed }: BookFacts): Promise<void> {
  const [invoice] = await invoicesOf(past.tx, closed, 'issued', 'USD')
  if (!invoice) return
  const issuedAt = invoice.issued_at!
  const customerId = invoice.customer_id
  const part = (percent: bigint) => (invoice.total * percent) / 100n
  const { id: walletId } = await doneThen(past, issuedAt - 30n * DAY, 'wallet/ahead', createWallet, {
    ...{ customerId, name: 'Paid ahead', paysInvoices: true },
  })
  const grant = (of: string, before: bigint, input: Omit<Parameters<typeof granted>[4], 'walletId'>) =>
    granted(past, issuedAt - before, of, walletId, input)
  await grant('ahead/paid', 29n * DAY, {
    amount: part(40n),
    kind: 'paid',
    note: 'Paid by transfer, offer Q-118',
  })
  const gift = {
    amount: atMost(part(8n), GIFTS.launch),
    priority: 10,
    note: 'Launch partner',
    expiresAt: issuedAt + 90n * DAY,
  }
  await grant('ahead/gift', 28n * DAY, gift)
  const short = {
    amount: atMost(part(2n), GIFTS.spring),
    priority: 60,
    note: 'Spring campaign',
    expiresAt: issuedAt + 10n * DAY,
  }
  await grant('ahead/short', 20n * DAY, short)
  const half = (invoice.total * 30n) / 100n
  await payFromWallets(callOf(past, issuedAt, 'wallet/pays', null), { ...invoice, kind: 'invoice' }, half)
  await doneThen(past, issuedAt + 11n * DAY, 'wallet/lapses', lapseWallets, { walletIds: [walletId] })
}

/** Credits for models: something is reserved before each batch, and what the batch came to is taken. */
async function usedByAndBy(past: Past, { closed, now }: BookFacts): Promise<void> {
  const paid = await invoicesOf(past.tx, closed, 'paid', 'EUR')
  const customer = paid.find(one => one.total > 100_000n)
  if (!customer) return
  const begin = now - BigInt(USED.length + 1) * WEEK
  const { id: walletId } = await doneThen(past, begin, 'wallet/credits', createWallet, {
    ...{ customerId: customer.customer_id, name: 'Model credits', paysInvoices: false },
  })
  await granted(past, begin + HOUR, 'credits/paid', walletId, {
    ...{ amount: 250_000n, kind: 'paid', note: 'Order 4500118273' },
  })
  await granted(past, begin + 2n * HOUR, 'credits/gift', walletId, {
    ...{
      amount: 50_000n,
      priority: 20,
      note: 'Goodwill for the outage in spring',
      expiresAt: now + 40n * DAY,
    },
  })
  for (const [week, hundredths] of USED.entries()) {
    const at = begin + BigInt(week + 1) * WEEK - 3n * DAY
    const amount = 3_000n * BigInt(hundredths)
    const reference = `Batch ${week + 1}`
    const hold = await doneThen(past, at, `credits/hold/${week}`, holdInWallet, {
      walletId,
      amount,
      reference,
    })
    await doneThen(past, at + 40n * 60_000n, `credits/capture/${week}`, captureHold, {
      ...{ holdId: hold.id, amount: (amount * BigInt(80 + week * 3)) / 100n },
    })
  }
  await doneThen(past, now - HOUR, 'credits/active', holdInWallet, {
    ...{ walletId, amount: 30_000n, seconds: 2_592_000, reference: `Batch ${USED.length + 1}` },
  })
}

/** Keeps itself filled, and will pay the next invoice. */
async function topsItselfUp(past: Past, { closed, now }: BookFacts): Promise<void> {
  const [customer] = await invoicesOf(past.tx, closed, 'issued', 'GBP')
  if (!customer) return
  const { id: walletId } = await doneThen(past, now - 9n * DAY, 'wallet/filled', createWallet, {
    ...{ customerId: customer.customer_id, name: 'Prepaid', paysInvoices: true },
    autoTopUp: { below: 20_000n, amount: 100_000n, most: 200_000n },
  })
  await granted(past, now - 8n * DAY, 'filled/paid', walletId, {
    ...{ amount: 120_000n, kind: 'paid', note: 'Brought over from the old system' },
  })
  await granted(past, now - 7n * DAY, 'filled/gift', walletId, {
    ...{ amount: 15_000n, priority: 10, expiresAt: now + 52n * DAY, note: 'Two years a customer' },
  })
}

function granted(
  past: Past,
  at: bigint,
  of: string,
  walletId: string,
  input: {
    readonly amount: bigint
    readonly kind?: 'paid' | 'free'
    readonly priority?: number
    readonly expiresAt?: bigint
    readonly note: string
  },
) {
  return doneThen(past, at, `grant/${of}`, grantToWallet, { walletId, ...input })
}
