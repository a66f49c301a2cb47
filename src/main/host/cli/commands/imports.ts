import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { bytes, instant } from '../format.ts'
import { harmless, table } from '../io.ts'
import { shownReceipt, writeProblems } from './import.ts'

export function importsCommands(program: Command, context: CliContext): void {
  const imports = program.command('imports').description('Receipts of the bills that came in.')
  imports
    .command('list', { isDefault: true })
    .description('List the latest.')
    .option('--limit <count>', 'at most this many', Number, 50)
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, limit } = optionsOf<{ limit: number }>(command)
        const { imports: list } = await (await session.acting()).finops.imports.list({ limit })
        print(context, json, list, () =>
          table(list, [
            { title: 'IMPORT', value: one => one.id },
            { title: 'FILE', value: one => one.fileName },
            { title: 'SIZE', value: one => bytes(one.size), align: 'right' },
            { title: 'STATE', value: one => one.state },
            { title: 'ROWS', value: one => one.stored.toString(), align: 'right' },
            { title: 'AT', value: one => instant(one.importedAt) },
          ]),
        )
      }),
    )
  imports
    .command('show')
    .description('Show a receipt.')
    .argument('<import>')
    .action((importId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const receipt = await (await session.acting()).finops.imports.get({ importId })
        print(context, optionsOf(command).json, receipt, () => shownReceipt(receipt))
      }),
    )
  imports
    .command('problems')
    .description('Show refused rows and warnings, or write all of them to a CSV file.')
    .argument('<import>')
    .option('--out <file>', 'write all of them here')
    .action((importId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, out } = optionsOf<{ out?: string }>(command)
        const client = await session.acting()
        if (out !== undefined) {
          const path = resolve(context.io.cwd(), out)
          await writeProblems(client, importId, path)
          print(context, json, { path }, () => path)
          return
        }
        const { problems, count } = await client.finops.imports.problems({ importId, limit: 100 })
        print(context, json, { problems, count }, () =>
          [
            table(problems, [
              { title: 'LINE', value: one => String(one.line ?? ''), align: 'right' },
              { title: 'COLUMN', value: one => one.column ?? '' },
              { title: 'VALUE', value: one => one.value ?? '' },
              { title: 'REASON', value: one => one.reason },
            ]),
            ...(count > problems.length
              ? [`and ${count - problems.length} more (--out writes them all)`]
              : []),
          ].join('\n'),
        )
      }),
    )
  for (const [name, words] of [
    ['undo', 'Take an import back: its lines vanish, and what it replaced is in force again.'],
    ['redo', 'Put an undone import back in force.'],
  ] as const)
    imports
      .command(name)
      .description(words)
      .argument('<import>')
      .action((importId: string, _, command: Command) =>
        inWorkspace(context, command, async session => {
          const receipt = await (await session.acting()).finops.imports[name]({ importId })
          print(
            context,
            optionsOf(command).json,
            receipt,
            () => `${harmless(receipt.fileName)} is ${receipt.state}.`,
          )
        }),
      )
}
