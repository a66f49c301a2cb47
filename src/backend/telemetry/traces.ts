import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { runWithin, within } from './within.ts'

/** Spans of what a server does. Without a collector nothing is kept, and nothing costs. */
export interface Traces {
  /**
   * Runs something within a span of its own, a child of the one that it runs in.
   * @param remote `traceparent` of whoever sent the request
   */
  span<T>(
    name: string,
    attributes: Attributes,
    work: (span: Span | null) => Promise<T>,
    remote?: string,
  ): Promise<T>
  /** Hands over what is not sent yet. */
  close(): Promise<void>
}

const NONE: Traces = { span: (_, __, work) => work(null), close: async () => {} }

/**
 * @param endpoint as in OTEL_EXPORTER_OTLP_ENDPOINT: the address of a collector, without `/v1/traces`; null
 *   where there is none
 */
export function createTraces(endpoint: string | null, version: string): Traces {
  if (endpoint === null) return NONE
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'quarterdeck-backend', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('quarterdeck', version)
  return {
    async span(name, attributes, work, remote) {
      const parent = within().span
      const above = parent ? trace.setSpan(ROOT_CONTEXT, parent) : remoteContext(remote)
      const kind = parent ? SpanKind.INTERNAL : SpanKind.SERVER
      const span = tracer.startSpan(name, { attributes, kind }, above)
      try {
        return await runWithin({ span }, () => work(span))
      } catch (error) {
        // The name of the error and not its message: a message may hold what somebody typed.
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name })
        throw error
      } finally {
        span.end()
      }
    },
    close: () => provider.shutdown(),
  }
}

/** W3C Trace Context, level 1; anything else begins a trace of its own. */
function remoteContext(header: string | undefined) {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '') ?? []
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT
  const traceFlags = Number.parseInt(flags as string, 16) & 1
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
