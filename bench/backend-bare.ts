/**
 * The least that answers the same requests, which `bench/backend.ts` compares with: Fastify without a hook, and for an
 * event one prepared INSERT that is committed, into a table with one key.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import pg from 'pg'
import { openPglite } from '#core/database/open-pglite.ts'

const url = process.env.DATABASE_URL ?? ''
const INSERT = 'INSERT INTO bare_events (id, body) VALUES ($1, $2)'
const TABLE = 'CREATE TABLE bare_events (id text PRIMARY KEY, body text NOT NULL)'

/** A way to store one row for good, and to end. */
async function open(): Promise<{ insert(id: string, body: string): Promise<unknown>; close(): unknown }> {
  if (url === '') {
    const dir = mkdtempSync(join(tmpdir(), 'bare-'))
    const source = await openPglite(dir)
    const session = await source.connect()
    await session.query(TABLE, [])
    return {
      insert: (id, body) => session.query(INSERT, [id, body]),
      async close() {
        await source.close()
        rmSync(dir, { recursive: true, force: true })
      },
    }
  }
  const pool = new pg.Pool({ connectionString: url, max: 10, application_name: 'bare' })
  await pool.query(TABLE)
  return {
    insert: (id, body) => pool.query({ name: 'insert', text: INSERT, values: [id, body] }),
    close: () => pool.end(),
  }
}

if (process.send) {
  const database = await open()
  const app = Fastify()
  app.get('/check', async () => ({ key: 'calls', allowed: true, limit: null, used: '0' }))
  app.post<{ Body: { id: string }[] }>('/event', async ({ body }) => {
    await database.insert(body[0]!.id, JSON.stringify(body))
    return { stored: 1 }
  })
  process.send({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
  process.once('message', async () => {
    await app.close()
    await database.close()
    process.exit(0)
  })
}
