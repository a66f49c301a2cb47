import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds, from a lookup in memory to a close of a month. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What a server measures of itself, in the form that Prometheus reads. */
export interface Metrics {
  readonly registry: Registry
  /** Seconds from a request's first byte to its answer's last, by method, route and status. */
  readonly requests: Histogram<'method' | 'route' | 'status'>
  readonly requestsRunning: Gauge
  /** Seconds of a command, by its id and how it ended: done, refused, repeated, requested, failed. */
  readonly commands: Histogram<'command' | 'outcome'>
  readonly queries: Histogram<'query' | 'outcome'>
  /** Seconds of a transaction with the wait for its turn. */
  readonly transactions: Histogram<'kind'>
  readonly refusedRequests: Counter<'reason'>
  readonly sockets: Gauge
  /** A counter of another part of the server; `name` without prefix. */
  counter<L extends string>(name: string, help: string, labels: readonly L[]): Counter<L>
  /** A gauge whose value is asked for when somebody reads the metrics; `name` without prefix. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
}

const PREFIX = 'quarterdeck_'

/**
 * The measures of one server.
 * @param process false leaves out what is measured of the whole process (memory, event loop), for tests
 */
export function createMetrics({ process: ofProcess = true } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (ofProcess)
    collectDefaultMetrics({ register: registry, prefix: PREFIX, eventLoopMonitoringPrecision: 10 })
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({ name: PREFIX + name, help, labelNames, buckets: SECONDS, registers })
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers })
  const gauge = (name: string, help: string) => new Gauge({ name: PREFIX + name, help, registers })
  return {
    registry,
    requests: histogram('http_request_seconds', 'Requests, from first byte to last', [
      'method',
      'route',
      'status',
    ]),
    requestsRunning: gauge('http_requests_running', 'Requests that are being answered'),
    commands: histogram('command_seconds', 'Commands, by how they ended', ['command', 'outcome']),
    queries: histogram('query_seconds', 'Queries and services, by how they ended', ['query', 'outcome']),
    transactions: histogram('transaction_seconds', 'Transactions with the wait for their turn', ['kind']),
    refusedRequests: counter('http_refused_total', 'Requests refused before they reached the core', [
      'reason',
    ]),
    sockets: gauge('sockets', 'Open WebSockets of pages'),
    counter: (name, help, labels) => counter(name, help, [...labels]),
    gauge(name, help, read) {
      new Gauge({
        name: PREFIX + name,
        help,
        registers,
        async collect() {
          this.set(await read())
        },
      })
    },
  }
}
