import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../telemetry/metrics.ts'

export interface MachineParts {
  readonly metrics: Metrics
  /** Rejects while the database does not answer, or its tables are not those of this version. */
  readonly ready: () => Promise<void>
  readonly stopping: () => boolean
}

/** What machines ask of a server: whether it lives, whether it can serve, what it measures. Without secrets. */
export function machineRoutes(app: FastifyInstance, { metrics, ready, stopping }: MachineParts): void {
  app.get('/healthz', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  app.get('/readyz', async (_, reply) => {
    reply.header('cache-control', 'no-store')
    if (stopping()) return reply.status(503).send({ status: 'stopping' })
    try {
      await ready()
      return await reply.send({ status: 'ready' })
    } catch {
      return reply.status(503).send({ status: 'database' })
    }
  })

  app.get('/metrics', async (_, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics()),
  )
}
