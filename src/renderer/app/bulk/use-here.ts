import { useEffect } from 'react'
import { contract } from '#shared/contract/index.ts'
import type { BulkKind } from '#shared/contract/sync.ts'
import { ask, useCore, useCoreQuery } from '../core/hooks.ts'
import { syncTone } from '../shell/sync-words.ts'

/** Bytes that are fetched without asking anybody; above, a person sees the size and decides. */
const UNASKED = 64_000_000n

export interface Here {
  readonly kind: BulkKind
  /**
   * `here`: all of it; `unknown`: not asked yet; `coming`: on its way; `offline`: comes when the server answers;
   * `large`: comes when somebody wants it; `away`: there is no server any more.
   */
  readonly state: 'here' | 'unknown' | 'coming' | 'offline' | 'large' | 'away'
  readonly bytes: bigint
  readonly fetch: () => void
}

/** A span of bulk content. */
export interface BulkSpan {
  readonly kind: BulkKind
  readonly from: bigint
  readonly to: bigint
}

/** The content whose absence a failure tells of; null for any other failure. */
export function notHereOf(error: unknown): BulkSpan | null {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: unknown }
  return code === 'SYNC_NOT_HERE' ? (data as BulkSpan) : null
}

/** Whether bulk content of a span is on this desk. What is not, and is not very large, is asked for. */
export function useHere(span: BulkSpan | null): Here {
  const core = useCore()
  const enabled = span !== null
  const asked: BulkSpan = span ?? { kind: 'usage.sums', from: 0n, to: 0n }
  const { data: missing } = useCoreQuery(contract.sync.bulk.missing, asked, { enabled })
  const { data: status } = useCoreQuery(contract.sync.status, {}, { enabled })
  const fetch = () => void ask(core, contract.sync.bulk.want, asked).catch(() => {})
  const small = missing !== undefined && missing.bytes <= UNASKED
  const wants = enabled && missing !== undefined && missing.batches > 0 && !missing.wanted && small
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each span that is not here
  useEffect(() => {
    if (wants) fetch()
  }, [wants, asked.kind, asked.from, asked.to])
  const of = { kind: asked.kind, bytes: missing?.bytes ?? 0n, fetch }
  if (!enabled || !missing || !status) return { ...of, state: enabled ? 'unknown' : 'here' }
  if (missing.batches === 0) return { ...of, state: 'here' }
  if (syncTone(status) !== 'ok') return { ...of, state: 'offline' }
  return { ...of, state: missing.wanted || small ? 'coming' : 'large' }
}
