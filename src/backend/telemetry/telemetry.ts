import type { Log } from '#core/create-core.ts'
import type { CoreWatch } from '#core/runtime/watch.ts'
import { isRefusal } from '#shared/errors.ts'
import { createLog } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createTraces, type Traces } from './traces.ts'

export interface TelemetryOptions {
  readonly version: string
  /** OTEL_EXPORTER_OTLP_ENDPOINT; null where nobody collects traces. */
  readonly otlpEndpoint: string | null
  readonly write?: (line: string) => void
  readonly now?: () => number
  /** Milliseconds, never going back. */
  readonly monotonic?: () => number
  /** False leaves out memory and event loop of the process. */
  readonly processMetrics?: boolean
}

/** How a server tells what it does: log lines, measures, traces. */
export interface Telemetry {
  readonly log: Log
  readonly metrics: Metrics
  readonly traces: Traces
  /** Goes into each core, so that its commands and transactions are measured and traced. */
  readonly watch: CoreWatch
  close(): Promise<void>
}

/** Puts the telling of one server together. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { now = Date.now, monotonic = () => performance.now() } = options
  const write = options.write ?? (line => void process.stdout.write(line))
  const metrics = createMetrics({ process: options.processMetrics ?? true })
  const traces = createTraces(options.otlpEndpoint, options.version)
  return {
    log: createLog(write, now),
    metrics,
    traces,
    watch: coreWatch(metrics, traces, monotonic),
    close: () => traces.close(),
  }
}

function coreWatch(metrics: Metrics, traces: Traces, monotonic: () => number): CoreWatch {
  return {
    follow({ kind, id, commandId }, work) {
      const begun = monotonic()
      const transaction = kind === 'write' || kind === 'read'
      const name = transaction ? 'transaction' : `${kind === 'command' ? 'command' : 'query'} ${id}`
      const facts = transaction
        ? { 'quarterdeck.transaction': kind }
        : { [`quarterdeck.${kind}`]: id, ...(commandId ? { 'quarterdeck.command_id': commandId } : {}) }
      const done = (outcome: string): void => {
        const seconds = (monotonic() - begun) / 1000
        if (transaction) metrics.transactions.observe({ kind }, seconds)
        else if (kind === 'command') metrics.commands.observe({ command: id, outcome }, seconds)
        else metrics.queries.observe({ query: id, outcome }, seconds)
      }
      return traces.span(name, facts, async span => {
        let outcome = 'done'
        try {
          return await work(said => {
            outcome = said
          })
        } catch (error) {
          outcome = isRefusal(error) ? 'refused' : 'failed'
          throw error
        } finally {
          if (!transaction) span?.setAttribute('quarterdeck.outcome', outcome)
          done(outcome)
        }
      })
    },
  }
}
