import { answer, serve } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { SignedHead } from './head.ts'
import { headOf, type LogHeadServices, newestHead } from './head-signer.ts'
import {
  BEGINNING,
  checkEntries,
  checkHeads,
  checkSignatures,
  firstOf,
  type LogPlace,
  type LogProblem,
  type PageCheck,
} from './verify.ts'

const leaves = contract.workspace.log

/** Entries of one page of the walk: a few milliseconds of hashing. */
const PAGE = 500

/** The newest signed head, as it can be written down on paper. */
export const logHead = answer(leaves.head, async ({ reader }) => ({ head: await newestHead(reader) }))

/** One page of the walk along the log, beside the writer. */
export const checkLog = answer(leaves.check, async ({ reader, input }) => {
  const entries = await reader.db
    .selectFrom('command_log')
    .selectAll()
    .where('version', '>', input.after.version)
    .orderBy('version')
    .limit(PAGE)
    .execute()
  const { good, problem } = checkEntries(reader.workspace, input.after, entries)
  return { good: [...good], problem, more: entries.length === PAGE }
})

/** Walks the whole log, then compares it with the signed heads here and elsewhere. */
export const verifyLog = (services: LogHeadServices | undefined) =>
  serve(leaves.verify, async ({ read, run }) => {
    // Heads first: the log only grows, so every head read now is of an entry that the walk must meet.
    const kept = services ? await services.keeper.kept() : []
    const { workspace, stored } = await read(async reader => ({
      workspace: reader.workspace,
      stored: (await reader.db.selectFrom('log_heads').selectAll().orderBy('version').execute()).map(headOf),
    }))
    const heads = [...stored, ...kept]
    const named = new Set(heads.map(head => head.version))
    const hashes = new Map<bigint, string>()
    let entries = 0n
    let place: LogPlace = BEGINNING
    let broken: LogProblem | null = null
    for (let more = true; more && !broken; ) {
      const page: PageCheck & { more: boolean } = await run(leaves.check, { after: place })
      for (const { version, hash } of page.good) if (named.has(version)) hashes.set(version, hash)
      entries += BigInt(page.good.length)
      place = page.good.at(-1) ?? place
      broken = page.problem
      more = page.more
    }
    const trusted = new Map(services?.trusted)
    if (services) trusted.set(services.signer.keyId, services.signer.publicKey)
    const forged = await checkSignatures(workspace, heads, trusted)
    // Behind a broken entry nothing is known: only heads before it can be compared.
    const until = broken?.version
    const before = (head: SignedHead) => until === undefined || head.version < until
    const differs = checkHeads(hashes, place.version, stored.filter(before), kept.filter(before))
    return {
      entries,
      end: entries === 0n ? null : place,
      heads: BigInt(stored.length),
      keptElsewhere: BigInt(kept.length),
      signedUpTo:
        heads
          .map(head => head.version)
          .sort((a, b) => (a < b ? -1 : 1))
          .at(-1) ?? null,
      problem: firstOf(broken, forged, differs),
    }
  })
