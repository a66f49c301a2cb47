import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  approvalDigest,
  type Ballot,
  type CastVote,
  decideVote,
  type OpenRequest,
  stateAt,
} from './approval.ts'

const DIGEST = 'd'.repeat(64)
const request: OpenRequest = {
  state: 'waiting',
  digest: DIGEST,
  nonce: 'n',
  requestedBy: 'ada',
  quorum: 1,
  voters: ['approver'],
  attested: false,
  expiresAt: 100n,
}
const ballot: Ballot = {
  personId: 'ben',
  decision: 'approve',
  roles: ['approver'],
  digest: DIGEST,
  nonce: 'n',
  assurance: 'unattested',
  receivedAt: 99n,
  current: DIGEST,
}
const codeOf = (given: OpenRequest, vote: Ballot, votes: readonly CastVote[] = []) => {
  const outcome = decideVote(given, votes, vote)
  return outcome.ok ? outcome.result : outcome.failure.code
}

describe('decideVote', () => {
  it('is reached by the last person that is needed', () => {
    expect(codeOf(request, ballot)).toBe('reached')
    const two = { ...request, quorum: 2 }
    expect(decideVote(two, [], ballot)).toEqual({ ok: true, result: 'missing', missing: 1 })
    expect(codeOf(two, ballot, [{ personId: 'cy', decision: 'approve' }])).toBe('reached')
  })

  it('is ended by one refusal, also when its subject changed', () => {
    const no = { ...ballot, decision: 'refuse' as const }
    expect(codeOf(request, no)).toBe('refused')
    expect(codeOf(request, { ...no, current: null })).toBe('refused')
    expect(codeOf({ ...request, attested: true }, no)).toBe('refused')
  })

  it('never counts who asks, whatever roles they have, nor anybody twice', () => {
    expect(codeOf(request, { ...ballot, personId: 'ada' })).toBe('WORKSPACE_APPROVAL_OWN')
    const voted: CastVote[] = [{ personId: 'ben', decision: 'approve' }]
    expect(codeOf({ ...request, quorum: 2 }, ballot, voted)).toBe('WORKSPACE_APPROVAL_VOTED')
    // A vote of the requester that got in otherwise makes no quorum.
    expect(codeOf({ ...request, quorum: 2 }, ballot, [{ personId: 'ada', decision: 'approve' }])).toBe(
      'missing',
    )
  })

  it('takes only people whom the request names by role', () => {
    expect(codeOf(request, { ...ballot, roles: ['admin', 'analyst'] })).toBe('WORKSPACE_APPROVAL_ROLE')
    expect(codeOf({ ...request, voters: ['approver', 'ops'] }, { ...ballot, roles: ['ops'] })).toBe('reached')
  })

  it('is about what the person saw and what is so now', () => {
    expect(codeOf(request, { ...ballot, digest: 'e'.repeat(64) })).toBe('WORKSPACE_APPROVAL_CHANGED')
    expect(codeOf(request, { ...ballot, nonce: 'other' })).toBe('WORKSPACE_APPROVAL_CHANGED')
    expect(codeOf(request, { ...ballot, current: 'e'.repeat(64) })).toBe('WORKSPACE_APPROVAL_CHANGED')
    expect(codeOf(request, { ...ballot, current: null })).toBe('WORKSPACE_APPROVAL_CHANGED')
  })

  it('expires at its instant by the clock of the authority', () => {
    expect(codeOf(request, { ...ballot, receivedAt: 100n })).toBe('WORKSPACE_APPROVAL_EXPIRED')
    expect(codeOf({ ...request, expiresAt: null }, { ...ballot, receivedAt: 10n ** 15n })).toBe('reached')
    expect(stateAt(request, 99n)).toBe('waiting')
    expect(stateAt(request, 100n)).toBe('expired')
    expect(stateAt({ ...request, state: 'done' }, 100n)).toBe('done')
  })

  it('is used once', () => {
    expect(codeOf({ ...request, state: 'done' }, ballot)).toBe('WORKSPACE_APPROVAL_STATE')
    expect(codeOf({ ...request, state: 'approved' }, ballot)).toBe('WORKSPACE_APPROVAL_STATE')
  })

  it('asks for proof of the person where the request does', () => {
    const attested = { ...request, attested: true }
    expect(codeOf(attested, ballot)).toBe('WORKSPACE_APPROVAL_UNATTESTED')
    expect(codeOf(attested, { ...ballot, assurance: 'passphrase' })).toBe('reached')
  })

  it('is reached exactly when as many distinct people as asked for approved, in any order, from any device', () => {
    const people = ['ada', 'ben', 'cy', 'dee', 'eve']
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...people), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (order, quorum) => {
          const given = { ...request, quorum }
          const votes: CastVote[] = []
          let reached = false
          for (const personId of order) {
            if (reached) break
            const outcome = decideVote(given, votes, { ...ballot, personId })
            if (!outcome.ok) continue
            votes.push({ personId, decision: 'approve' })
            reached = outcome.result === 'reached'
          }
          const distinct = new Set(order.filter(person => person !== 'ada')).size
          expect(reached).toBe(distinct >= quorum)
        },
      ),
    )
  })
})

describe('approvalDigest', () => {
  const asked = {
    ...{ kind: 'test.kind', entity: 'invoice', rowId: 'r', subject: { open: 5n } },
    ...{ command: 'test.run', version: 1, input: { amount: 5n } },
  }

  it('covers every part of what is asked for', () => {
    const digests = [
      asked,
      { ...asked, kind: 'test.other' },
      { ...asked, entity: 'customer' },
      { ...asked, rowId: 's' },
      { ...asked, subject: { open: 4n } },
      { ...asked, command: 'test.walk' },
      { ...asked, version: 2 },
      { ...asked, input: { amount: 6n } },
    ].map(approvalDigest)
    expect(new Set(digests).size).toBe(digests.length)
    expect(approvalDigest({ ...asked, input: { amount: 5n } })).toBe(digests[0])
  })
})
