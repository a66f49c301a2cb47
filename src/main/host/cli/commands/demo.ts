import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { demoFocusText } from '#core/workspace/demo/demo-focus.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { waitForJob } from '../job-progress.ts'

interface DemoOptions {
  seed: string
  endMonth?: string
  exportFocus?: string
  months: number
  remove?: boolean
}

const month = (text: string): string => {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('A month is like 2026-10.')
  return text
}

export function demoCommand(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('A made-up company with people, customers and two years of bills, in an empty workspace.')
    .option('--seed <text>', 'another seed makes another company', 'quarterdeck')
    .option('--end-month <month>', 'the last month of bills, whole (default: up to yesterday)', month)
    .option('--remove', 'take the demo away; a company of yours is never removed')
    .option('--export-focus <file>', 'write bills of the demo to a FOCUS file instead, to try an import with')
    .option('--months <count>', 'how many months of bills --export-focus writes', Number, 1)
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck demo
  quarterdeck demo --workspace try
  quarterdeck demo --export-focus focus.csv --months 3
  quarterdeck demo --remove`,
    )
    .action(async (_, command: Command) => {
      const { json, quiet, seed, endMonth, exportFocus, months, remove } = optionsOf<DemoOptions>(command)
      if (exportFocus !== undefined) {
        const path = resolve(context.io.cwd(), exportFocus)
        await writeFocus(path, seed, endMonth ?? lastMonth(), months)
        print(context, json, { path }, () => path)
        return
      }
      await inWorkspace(
        context,
        command,
        async session => {
          if (remove) {
            const { rows } = await (await session.acting()).workspace.demo.remove({})
            print(context, json, { rows }, () => `The demo is gone (${rows} rows); the workspace is empty.`)
            return
          }
          const { jobId, admin } = await session.anonymous.workspace.demo.create({
            seed,
            ...(endMonth === undefined ? {} : { endMonth }),
          })
          const client = await session.membership.client({ person: admin })
          await waitForJob(client, jobId, context.io, quiet ?? false)
          const { demo } = await client.workspace.demo.state({})
          print(
            context,
            json,
            { workspaceDir: session.workspaceDir, demo },
            () => `The demo is in ${session.workspaceDir}.`,
          )
          note(context, quiet, `Look round: npm start -- --workspace ${session.workspaceDir}`)
        },
        true,
      )
    })
}

/** Writes the file beside its place and renames it, so that it is there whole or not at all. */
async function writeFocus(path: string, seed: string, endMonth: string, months: number): Promise<void> {
  if (!Number.isInteger(months) || months < 1)
    throw refuse('USAGE_MONTHS', {}, '--months is a number from 1.')
  const partial = `${path}.partial`
  try {
    await pipeline(Readable.from(demoFocusText(seed, endMonth, months)), createWriteStream(partial))
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

function lastMonth(): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
}
