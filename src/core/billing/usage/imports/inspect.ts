import type { FilesPort } from '#core/files-port.ts'
import { headOfBill, statBill } from '#core/finops/imports/bill-file.ts'
import { serve } from '#core/runtime/handlers.ts'
import { usage as contract } from '#shared/contract/billing/usage.ts'
import { isRefusal } from '#shared/errors.ts'
import { checkEvent, customerIds, instantRules, metricFacts } from '../resolve.ts'
import { fileRefusal } from './import-job.ts'
import { problemOf } from './list.ts'
import { createUsageReader, type FileRow, recogniseUsage } from './read-file.ts'
import { addToTotals, type MetricTotal, totalText } from './receipt.ts'
import type { RowProblem } from './row-event.ts'
import { createSeenIds } from './seen-ids.ts'

/** So much of a file is looked at; a smaller one is read whole. */
const LOOKED_AT = 3 << 19
const SHOWN_ROWS = 50
const SHOWN_PROBLEMS = 200

/** Looks at the beginning of a staged file of events: what would come in. */
export function inspectUsage(files: FilesPort) {
  return serve(contract.inspect, async ({ input, read, now }) => {
    const { name, path } = files.find(input.fileId, 'read')
    const { size, format, complete, rows } = await readHead(path)
    const given = rows.flatMap(row => ('problem' in row.given ? [] : [row.given]))
    const { customers, metrics, rules } = await read(async reader => {
      const tx = reader as never
      return {
        customers: await customerIds(tx, new Set(given.map(event => event.customer))),
        metrics: await metricFacts(tx),
        rules: await instantRules(reader),
      }
    })
    const totals: Record<string, MetricTotal> = {}
    const problems: { code: RowProblem; line: number; field: string | null; value: string | null }[] = []
    const used = new Set<string>()
    const seen = createSeenIds()
    let from: bigint | null = null
    let to: bigint | null = null
    for (const { given: one, line } of rows) {
      if ('problem' in one) {
        problems.push({ code: one.problem, line, field: one.field, value: one.value })
        continue
      }
      const event = checkEvent(one, customers, metrics, now, rules)
      if ('problem' in event) {
        problems.push({ code: event.problem, line, field: null, value: one.id.slice(0, 80) })
        continue
      }
      const content = `${event.customerId}/${event.metric.id}/${event.units}/${event.at}/${event.properties}`
      if (seen.add(event.id, content) === 'other') {
        problems.push({ code: 'conflict', line, field: 'id', value: one.id.slice(0, 80) })
        continue
      }
      used.add(event.customerId)
      addToTotals(totals, event.metric.key, event.units, event.rest)
      from = from === null || event.at < from ? event.at : from
      to = to === null || event.at > to ? event.at : to
    }
    return {
      file: { fileId: input.fileId, name, size },
      format,
      complete,
      rows: rows.length,
      customers: used.size,
      metrics: Object.entries(totals).map(([metric, total]) => ({
        ...{ metric, events: total.events },
        quantity: totalText(total, metrics.get(metric)!.scale),
      })),
      span: from === null || to === null ? null : { from, to },
      first: given.slice(0, SHOWN_ROWS).map(({ properties, at, ...texts }) => ({
        ...properties,
        ...texts,
        at: new Date(Number(at)).toISOString(),
      })),
      problems: problems.slice(0, SHOWN_PROBLEMS).map(problemOf),
      problemCount: problems.length,
    }
  })
}

async function readHead(path: string) {
  try {
    const { size } = await statBill(path)
    const { head, complete } = await headOfBill(path, LOOKED_AT)
    const reading = recogniseUsage(head)
    const rows: FileRow[] = []
    const reader = createUsageReader(reading, row => rows.push(row))
    reader.push(head)
    // Where the file goes on, the last row that was begun is not there as a whole.
    if (complete) reader.end()
    return { size, format: reading.format, complete, rows }
  } catch (error) {
    throw isRefusal(error) ? fileRefusal(error) : error
  }
}
