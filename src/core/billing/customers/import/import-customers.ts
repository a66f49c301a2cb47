import { basename } from 'node:path'
import type { FilesPort } from '#core/files-port.ts'
import { type InputOf, type ServiceCall, serve } from '#core/runtime/handlers.ts'
import { type CustomerReceipt, customers as leaf } from '#shared/contract/billing/customers.ts'
import { subscriptions } from '#shared/contract/billing/subscriptions.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { type LineProblem, parseLines } from './parse-lines.ts'
import { type CustomerPlan, loadKnown, planImport } from './plan-import.ts'
import { type CustomerFile, readCustomerFile } from './read-file.ts'

const SHOWN_PROBLEMS = 1000

type Call = ServiceCall<InputOf<typeof leaf.import>>

/**
 * Brings a file of customers in. Everything is compared with one snapshot first; then each line is its own
 * command, so that the log says what became of every customer, and each can be undone.
 */
export function importCustomers(files: FilesPort) {
  return serve(leaf.import, async call => {
    const { input } = call
    const { path } = staged(files, input.fileId)
    const file = await readCustomerFile(path, input.fileId)
    const known = await call.read(loadKnown)
    const problems: LineProblem[] = []
    const seen = new Set<string>()
    const say = (problem: LineProblem) => {
      // What a value is wrong with is said once: a value that is no good is not missing as well.
      const place = `${problem.line} ${problem.column}`
      if (!seen.has(place)) problems.push(problem)
      seen.add(place)
    }
    const said = parseLines(file.lines, known.zone, say)
    const plans = planImport(said, known, input.onDifferent, say)
    problems.sort((a, b) => a.line - b.line)
    const receipt = receiptOf(file, input.fileName, problems)
    if (input.dryRun) return { ...receipt, ...countOf(plans) }
    if (problems.length > 0) return receipt
    const { done, stopped } = await carryOut(call, file, plans)
    if (stopped === null) files.release(input.fileId)
    return { ...receipt, ...done, ...(stopped ? { problems: [stopped], refused: 1 } : { done: true }) }
  })
}

function staged(files: FilesPort, fileId: string) {
  try {
    return files.find(fileId, 'read')
  } catch (error) {
    if (isRefusal(error)) throw refuse('BILLING_FILE_GONE', { fileId: basename(fileId) })
    throw error
  }
}

type Counts = Pick<CustomerReceipt, 'customers' | 'subscriptions'>

function countOf(plans: readonly CustomerPlan[]): Counts {
  const created = plans.filter(plan => plan.create).length
  const edited = plans.filter(plan => plan.edit).length
  return {
    customers: { created, edited, unchanged: plans.length - created - edited },
    subscriptions: {
      started: plans.reduce((sum, plan) => sum + plan.start.length, 0),
      unchanged: plans.reduce((sum, plan) => sum + plan.unchanged, 0),
    },
  }
}

function receiptOf(file: CustomerFile, fileName: string, problems: readonly LineProblem[]): CustomerReceipt {
  return {
    fileName,
    digest: file.digest,
    format: file.format,
    done: false,
    lines: file.lines.length,
    customers: { created: 0, edited: 0, unchanged: 0 },
    subscriptions: { started: 0, unchanged: 0 },
    refused: new Set(problems.map(problem => problem.line)).size,
    problems: problems.slice(0, SHOWN_PROBLEMS),
  }
}

/** Runs the commands, one for each item, and stops at the first that is refused after all. */
async function carryOut(call: Call, file: CustomerFile, plans: readonly CustomerPlan[]) {
  const done = {
    customers: { created: 0, edited: 0, unchanged: 0 },
    subscriptions: { started: 0, unchanged: 0 },
  }
  const wanted = countOf(plans)
  const changes = wanted.customers.created + wanted.customers.edited + wanted.subscriptions.started
  if (changes > 0)
    await call.run(leaf.noteImport, {
      fileName: call.input.fileName,
      digest: file.digest,
      customers: wanted.customers.created + wanted.customers.edited,
      subscriptions: wanted.subscriptions.started,
    })
  let line = 0
  try {
    for (const plan of plans) {
      line = plan.line
      let { customerId } = plan
      if (plan.create) {
        customerId = (await call.run(leaf.create, plan.create)).id
        done.customers.created++
      } else if (plan.edit) {
        await call.run(leaf.edit, plan.edit)
        done.customers.edited++
      } else done.customers.unchanged++
      for (const { line: at, ...start } of plan.start) {
        line = at
        await call.run(subscriptions.start, { ...start, customerId: customerId as string })
        done.subscriptions.started++
      }
      done.subscriptions.unchanged += plan.unchanged
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    const stopped: LineProblem = {
      ...{ line, column: null, value: null, code: 'changed-meanwhile' },
      reason: `${error.code} while the lines came in; what stands before this line is in. Import the file again.`,
    }
    return { done, stopped }
  }
  return { done, stopped: null }
}
