import type { Measure, MeasuredEvent } from './aggregate.ts'
import { measure } from './aggregate.ts'

/** Properties of events that are known by name: who, with what, how it went and how long it took. */
export const WELL_KNOWN = ['user', 'team', 'resource', 'department', 'project', 'status', 'latency'] as const

/** An event with what was said of it. */
export interface AnalysedEvent extends MeasuredEvent {
  readonly properties: Readonly<Record<string, string>>
}

export interface UsageGroup {
  /** Of the property; null for events that have none. */
  readonly value: string | null
  readonly events: number
  /** In units of the metric's scale; null where a group alone has none, as of levels by time. */
  readonly quantity: bigint | null
  /** Of the events with a status: how many there are, and how many failed. */
  readonly judged: number
  readonly failed: number
  /** Milliseconds, by nearest rank over the events with a latency; null where there are none. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number } | null
}

const FAILED = new Set(['error', 'failed', 'failure', 'timeout', 'rejected', 'exception'])

/** Whether a status says that something went wrong: words, and codes of HTTP from 400 on. */
export function isFailure(status: string): boolean {
  const plain = status.trim().toLowerCase()
  return /^\d{3}$/.test(plain) ? Number(plain) >= 400 : FAILED.has(plain)
}

/** A latency in milliseconds; null for what is no number, or below zero. */
export function latencyOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,12}(\.\d{1,9})?$/.test(text.trim())) return null
  return Number(text)
}

/**
 * Usage apart by the values of a property, the largest first: by quantity, then by events, then by value. Events
 * without it are a group of their own, at the end.
 */
export function analyse(metric: Measure, events: readonly AnalysedEvent[], by: string): UsageGroup[] {
  const groups = Map.groupBy(events, event => event.properties[by] ?? null)
  return [...groups].map(([value, own]) => groupOf(metric, value, own)).sort(byWeight)
}

/** All of the events as one group. */
export function groupOf(metric: Measure, value: string | null, events: readonly AnalysedEvent[]): UsageGroup {
  const statuses = events.flatMap(({ properties: { status } }) => (status === undefined ? [] : [status]))
  const latencies = events
    .flatMap(({ properties: { latency } }) => latencyOf(latency) ?? [])
    .sort((a, b) => a - b)
  const isLevel = metric.aggregation === 'weighted-sum'
  return {
    ...{ value, events: events.length },
    quantity: isLevel ? null : measure({ ...metric, carries: false }, events, null).quantity,
    ...{ judged: statuses.length, failed: statuses.filter(isFailure).length },
    latency:
      latencies.length === 0
        ? null
        : { p50: rank(latencies, 0.5), p95: rank(latencies, 0.95), p99: rank(latencies, 0.99) },
  }
}

function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

function byWeight(a: UsageGroup, b: UsageGroup): number {
  if ((a.value === null) !== (b.value === null)) return a.value === null ? 1 : -1
  const [left, right] = [a.quantity ?? 0n, b.quantity ?? 0n]
  if (left !== right) return left > right ? -1 : 1
  if (a.events !== b.events) return b.events - a.events
  return (a.value ?? '') < (b.value ?? '') ? -1 : 1
}
