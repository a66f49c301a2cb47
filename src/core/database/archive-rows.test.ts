import { beforeEach, describe, expect, it } from 'vitest'
import { testClock } from '#test/kit/core-kit.ts'
import { migratedPglite } from '#test/kit/embedded-postgres.ts'
import {
  type ArchivedTable,
  archivedTables,
  archiveLines,
  completeUsage,
  confineTo,
  countOf,
  inRestore,
  inSnapshot,
  placeLines,
  restoreLines,
  rowOfLine,
  standOf,
} from './archive-rows.ts'
import type { Execute } from './dialect.ts'
import { pgliteSource } from './postgres-sources.ts'
import type { PostgresSource } from './postgres-store.ts'

const FROM = '00000000-0000-7000-8000-00000000000a'
const TO = '00000000-0000-7000-8000-00000000000b'
/** Two ids of batches, of May 2026 and of February 2021, and one that says no time. */
const BATCHES = ['019de200-0000-7000-8000-000000000001', '01775b00-0000-7000-8000-000000000001', 'imported']
const BEYOND = 2n ** 62n + 1n

const tableOf = (name: string) => archivedTables().find(table => table.name === name)!

async function linesOf(execute: Execute, table: ArchivedTable): Promise<string[]> {
  const lines: string[] = []
  for await (const portion of archiveLines(execute, table)) lines.push(...portion)
  return lines
}

describe('rows on their way through an archive', () => {
  let source: PostgresSource
  beforeEach(async () => {
    source = pgliteSource(await migratedPglite(testClock().now()))
  })

  /** Writes in one workspace, and gives what the archive says of a table and what is restored from it into another. */
  async function through(table: ArchivedTable, write: (execute: Execute) => Promise<unknown>) {
    await inRestore(source, async execute => {
      await confineTo(execute, FROM)
      await write(execute)
    })
    return inRestore(source, async execute => {
      await confineTo(execute, FROM)
      const lines = await linesOf(execute, table)
      await confineTo(execute, TO)
      await placeLines(execute, table, lines)
      await restoreLines(execute, TO, table, lines)
      expect(await countOf(execute, table.name)).toBe(BigInt(lines.length))
      return { lines, again: await linesOf(execute, table) }
    })
  }

  it('bytes and int64 come back as they were, in portions', async () => {
    const documents = tableOf('documents')
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256)
    const { lines, again } = await through(documents, async execute => {
      for (let i = 0; i < 51; i++)
        await execute(
          `INSERT INTO documents (workspace, id, entity, row_id, file_name, media_type, digest, bytes, created_at)
            VALUES ($1, $2, 'invoice', $2, 'Größe "1".pdf', 'application/pdf', 'd', $3, $4)`,
          [FROM, `document ${i}`, bytes, BEYOND],
        )
    })
    expect(lines).toHaveLength(51)
    expect([...again].sort()).toEqual([...lines].sort())
    const row = rowOfLine(documents, again[0]!)
    expect(row).toMatchObject({ file_name: 'Größe "1".pdf', created_at: BEYOND })
    expect(Uint8Array.from(row.bytes as Uint8Array)).toEqual(bytes)
  })

  it('real numbers and what is not there come back as they were', async () => {
    const measures: ArchivedTable = {
      name: 'measures',
      columns: [
        { name: 'id', kind: 'text' },
        { name: 'share', kind: 'real' },
        { name: 'bytes', kind: 'blob' },
        { name: 'count', kind: 'int' },
      ],
      order: ['id'],
    }
    await inRestore(source, async execute => {
      await confineTo(execute, FROM)
      await execute(
        `CREATE TEMPORARY TABLE measures (workspace text, id text, share float8, bytes bytea, count bigint)
          ON COMMIT DROP`,
        [],
      )
      await execute("INSERT INTO measures VALUES ($1, 'b', 0.1, NULL, NULL), ($1, 'a', NULL, '\\x00ff', 3)", [
        FROM,
      ])
      const lines = await linesOf(execute, measures)
      await confineTo(execute, TO)
      await placeLines(execute, measures, lines)
      await restoreLines(execute, TO, measures, lines)
      expect(lines.map(line => rowOfLine(measures, line))).toEqual([
        { id: 'a', share: null, bytes: Buffer.from([0, 255]), count: 3n },
        { id: 'b', share: 0.1, bytes: null, count: null },
      ])
      expect(await linesOf(execute, measures)).toEqual(lines)
    })
  })

  it('of usage find the partitions of their months, and their ids are known afterwards', async () => {
    const events = tableOf('usage_events')
    const instants = [Date.UTC(2019, 4, 3), Date.UTC(2031, 1, 3)]
    const { again } = await through(events, async execute => {
      await execute("SELECT quarterdeck_months('{usage_events}', $1::text::bigint[])", [`{${instants}}`])
      for (const [i, at] of instants.entries())
        await execute(
          `INSERT INTO usage_events (workspace, id, series, quantity, at, properties, batch)
            VALUES ($1, $2, 1, $3, $4, '', 0)`,
          [FROM, `e${i}`, BEYOND, at],
        )
      await execute('DELETE FROM usage_event_ids WHERE workspace = $1', [FROM])
    })
    expect(again).toHaveLength(2)
    expect(again.map(line => rowOfLine(events, line).quantity)).toEqual([BEYOND, BEYOND])
    await inRestore(source, async execute => {
      await confineTo(execute, TO)
      await completeUsage(execute)
      expect(await countOf(execute, 'usage_event_ids')).toBe(2n)
    })
  })

  it('of batches find the partitions of the months in which their ids were made', async () => {
    const segments = tableOf('cost_segments')
    const months: number[][] = []
    const lines = BATCHES.map(batch =>
      JSON.stringify(
        segments.columns.map(({ name, kind }) => (name === 'batch' ? batch : kind === 'text' ? 'x' : '1')),
      ),
    )
    await placeLines(
      async (_, parameters) => {
        months.push(JSON.parse((parameters[1] as string).replace('{', '[').replace('}', ']')) as number[])
        return { rows: [], affected: 0n }
      },
      segments,
      lines,
    )
    const said = months.flat().map(month => new Date(month).toISOString().slice(0, 7))
    expect(said).toEqual(['2026-05', '2021-02', '2014-12'])
  })

  it('are all of one moment, or none of them are there', async () => {
    const broken = new Error('the archive ends here')
    const failed = inRestore(source, async execute => {
      await confineTo(execute, TO)
      await execute(
        "INSERT INTO workspace_state (workspace, version, name, demo, authority, zone, currency, created_at) VALUES ($1, 1, '', 0, 'server', 'UTC', 'USD', 0)",
        [TO],
      )
      throw broken
    })
    await expect(failed).rejects.toBe(broken)
    await inSnapshot(source, async execute => {
      await confineTo(execute, TO)
      expect(await countOf(execute, 'workspace_state')).toBe(0n)
      await expect(execute('DELETE FROM people', [])).rejects.toMatchObject({ code: '25006' })
    })
  })

  it('of a workspace in which nothing was done yet stand at no entry of its log', async () => {
    await inRestore(source, async execute => {
      await confineTo(execute, TO)
      await execute(
        "INSERT INTO workspace_state (workspace, version, name, demo, authority, zone, currency, created_at) VALUES ($1, 4, '', 0, 'server', 'UTC', 'USD', 0)",
        [TO],
      )
      expect(await standOf(execute)).toEqual({ version: 4n, end: null })
      await execute('DELETE FROM workspace_state WHERE workspace = $1', [TO])
    })
  })
})

it('a session that cannot even roll back is thrown away, and what went wrong first is what is told', async () => {
  const released: (boolean | undefined)[] = []
  const source: PostgresSource = {
    connect: async () => ({
      async query(sql) {
        if (sql === 'ROLLBACK') throw new Error('the connection is closed')
        return { rows: [], affected: 0n }
      },
      release: broken => void released.push(broken),
    }),
    close: async () => {},
  }
  const first = new Error('the server went away')
  await expect(inSnapshot(source, () => Promise.reject(first))).rejects.toBe(first)
  expect(released).toEqual([true])
})
