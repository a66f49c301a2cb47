import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { noticeBy, standingOf, termAt } from '#engines/billing/contracts/contract-term.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contracts as leaf, type StoredContract } from '#shared/contract/billing/contracts.ts'
import { refuse } from '#shared/errors.ts'
import { markForBilling } from '../accounts.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { firstBelowFloor, refuseNonsense } from './check-terms.ts'
import {
  type ContractRow,
  contractRow,
  findContract,
  getContract,
  shownContracts,
  storedContract,
} from './contract-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'now' | 'undoWith'>

/** Prices of a contract below the floor of the plan's. */
export const contractKind = approvalKind({
  name: 'billing.contract',
  entity: 'contract',
  leaf: leaf.putApproved,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: async (reader, contractId) => {
    const row = await findContract(reader, contractId)
    return row ? { version: row.version, state: row.state, terminatedAt: row.terminated_at } : null
  },
})

export const listContracts = answer(leaf.list, async ({ reader, input, now }) => {
  let query = reader.db.selectFrom('contracts').selectAll().orderBy('from_at', 'desc').orderBy('id', 'desc')
  if (input.customerId !== undefined) query = query.where('customer_id', '=', input.customerId)
  return { contracts: await shownContracts(reader, await query.execute(), now) }
})

export const createContract = handle(leaf.create, async call => {
  const { tx, input, ids, now, actor } = call
  await getCustomer(tx, input.customerId)
  const id = ids.next()
  const by = { changedBy: byWhom(actor), changedAt: now, createdBy: byWhom(actor), createdAt: now }
  const contract = { ...input, state: 'draft' as const, terminatedAt: null, version: 1, reason: '', ...by }
  await refuseNonsense(tx, id, contract)
  return put(call, id, null, contract)
})

export const changeContract = handle(leaf.change, async call => {
  const { contractId, reason, ...said } = call.input
  const before = await getContract(call.tx, contractId)
  const stored = storedContract(before)
  // What was ended before its time is over; another one can follow it.
  if (stored.terminatedAt !== null) throw refuse('BILLING_CONTRACT_STATE', { state: 'terminated' })
  return putOrAsk(call, before, {
    ...{ ...stored, ...said },
    version: stored.state === 'draft' ? stored.version : stored.version + 1,
    ...{ reason, changedBy: byWhom(call.actor), changedAt: call.now },
  })
})

export const activateContract = handle(leaf.activate, async call => {
  const before = await getContract(call.tx, call.input.contractId)
  if (before.state !== 'draft') throw refuse('BILLING_CONTRACT_STATE', { state: before.state })
  return putOrAsk(call, before, { ...storedContract(before), state: 'active' })
})

export const putApprovedContract = handle(leaf.putApproved, async call => {
  const { contractId, version, contract } = call.input
  const before = await getContract(call.tx, contractId)
  if (Number(before.version) !== version) throw refuse('BILLING_CONTRACT_STATE', { state: before.state })
  await refuseNonsense(call.tx, contractId, contract)
  return { contract: await put(call, contractId, before, contract), approvalId: null }
})

/** Stores what a contract shall say, or asks somebody where that brings a price below its floor. A draft may say anything. */
async function putOrAsk(
  call: Pick<CommandCall<unknown>, 'tx' | 'now' | 'undoWith' | 'actor' | 'ids' | 'receivedAt' | 'effect'>,
  before: ContractRow,
  after: StoredContract,
) {
  const { tx, now } = call
  await refuseNonsense(tx, before.id, after)
  const below = after.state === 'draft' ? null : await firstBelowFloor(tx, after)
  // What was allowed before is not asked for again.
  const allowed = before.state === 'active' && canonicalJson(after.terms.phases) === phasesOf(before)
  if (below === null || allowed)
    return { contract: await put(call, before.id, before, after), approvalId: null }
  const { name } = await getCustomer(tx, after.customerId)
  const { phase, list, below: at } = below
  const approvalId = await requestApproval(call, contractKind, {
    rowId: before.id,
    title: `${after.number}: ${name}`,
    input: { contractId: before.id, version: Number(before.version), contract: after },
    reason: after.reason === '' ? `${phase}: ${list.name}` : after.reason,
    facts: [
      { name: 'contract.phase', before: null, after: { kind: 'text', text: `${phase}: ${list.name}` } },
      { name: 'override.floor', before: null, after: { kind: 'number', text: `${list.floorPercent} %` } },
      { name: 'override.quantity', before: null, after: { kind: 'number', text: at.quantity } },
      {
        name: 'override.amount',
        before: { kind: 'text', text: `${at.list} ${after.currency}` },
        after: { kind: 'text', text: `${at.own} ${after.currency}` },
      },
    ],
  })
  return { contract: (await shownContracts(tx, [before], now))[0]!, approvalId }
}

const phasesOf = (row: ContractRow) => canonicalJson(storedContract(row).terms.phases)

/** @throws Refusal `BILLING_CONTRACT_STATE` where it is a draft or over */
function demandHolding(row: ContractRow, now: bigint): StoredContract {
  const stored = storedContract(row)
  const standing = stored.state === 'draft' ? 'draft' : standingOf(stored, now)
  if (standing !== 'active' && standing !== 'upcoming')
    throw refuse('BILLING_CONTRACT_STATE', { state: standing })
  return stored
}

export const setContractRenewal = handle(leaf.setRenewal, async call => {
  const { tx, input, now, actor } = call
  const before = await getContract(tx, input.contractId)
  const stored = demandHolding(before, now)
  const { zone } = await getCustomer(tx, stored.customerId)
  const at = now < stored.from ? stored.from : now
  const by = noticeBy(stored, stored.noticeDays, at, zone)
  if (stored.renewMonths !== null && input.renewMonths === null && by !== null && now > by)
    throw refuse('BILLING_CONTRACT_NOTICE', { by })
  // It ends with the term that runs, or goes on from its end.
  const until = termAt(stored, at, zone)?.to ?? null
  const after: StoredContract = {
    ...{ ...stored, until, renewMonths: input.renewMonths, version: stored.version + 1, reason: '' },
    ...{ changedBy: byWhom(actor), changedAt: now },
  }
  await refuseNonsense(tx, before.id, after)
  return put(call, before.id, before, after)
})

export const terminateContract = handle(leaf.terminate, async call => {
  const { tx, input, now, actor } = call
  const before = await getContract(tx, input.contractId)
  const stored = demandHolding(before, now)
  const at = input.at ?? now
  if (at < stored.from) throw refuse('BILLING_CONTRACT_INVALID', { path: 'at', reason: 'span' })
  return put(call, before.id, before, {
    ...{ ...stored, terminatedAt: at, version: stored.version + 1, reason: input.reason },
    ...{ changedBy: byWhom(actor), changedAt: now },
  })
})

export const removeContract = handle(leaf.remove, async call => {
  const { tx, input, undoWith } = call
  const before = await getContract(tx, input.contractId)
  if (before.state !== 'draft') throw refuse('BILLING_CONTRACT_STATE', { state: before.state })
  await removeRows(tx, before.id)
  undoWith(leaf.restore, { contractId: before.id, contract: storedContract(before) }, [
    leaves('contracts', { id: before.id }, null),
  ])
  return { contractId: before.id }
})

export const restoreContract = handle(leaf.restore, async call => {
  const { tx, input, undoWith } = call
  const { contractId, contract } = input
  const before = await findContract(tx, contractId)
  if (contract) {
    await refuseNonsense(tx, contractId, contract)
    await put(call, contractId, before ?? null, contract)
    return { contractId }
  }
  const row = await getContract(tx, contractId)
  await removeRows(tx, contractId)
  if (row.state === 'active') await markForBilling(tx, row.customer_id, row.from_at)
  undoWith(leaf.restore, { contractId, contract: storedContract(row) }, [
    leaves('contracts', { id: contractId }, null),
  ])
  return { contractId }
})

async function removeRows(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom('contract_versions').where('contract_id', '=', id).execute()
  await tx.db.deleteFrom('contracts').where('id', '=', id).execute()
}

/**
 * Stores a contract in the place of what there was of it, and keeps what it says as a version. What was billed in its
 * time is looked at again by the next close.
 */
async function put(
  { tx, now, undoWith }: Call,
  id: string,
  before: ContractRow | null,
  after: StoredContract,
) {
  const row = contractRow(id, after)
  if (before) await tx.db.updateTable('contracts').set(row).where('id', '=', id).execute()
  else await tx.db.insertInto('contracts').values(row).execute()
  await tx.db
    .deleteFrom('contract_versions')
    .where('contract_id', '=', id)
    .where('number', '>=', row.version)
    .execute()
  const version = { contract_id: id, number: row.version, content: canonicalJson(after) }
  const by = { reason: row.reason, changed_by: row.changed_by, changed_at: row.changed_at }
  await tx.db
    .insertInto('contract_versions')
    .values({ ...version, ...by })
    .execute()
  const counting = [before, row].filter(one => one?.state === 'active').map(one => one!.from_at)
  if (counting.length > 0)
    await markForBilling(
      tx,
      row.customer_id,
      counting.reduce((a, b) => (b < a ? b : a)),
    )
  const { id: _, ...holds } = row
  undoWith(leaf.restore, { contractId: id, contract: before && storedContract(before) }, [
    leaves('contracts', { id }, holds),
  ])
  return (await shownContracts(tx, [row], now))[0]!
}
