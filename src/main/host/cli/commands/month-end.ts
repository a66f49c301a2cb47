import type { Command } from 'commander'
import type { MonthEnd, MonthEndStep } from '#shared/contract/billing/month-end.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { harmless, table } from '../io.ts'
import { month } from './invoices.ts'

export function monthEndCommand(program: Command, context: CliContext): void {
  program
    .command('month-end')
    .description(
      `What is left before the books of a month can close. Ends with ${EXIT.ok} where nothing but the lock is left, else with ${EXIT.verification}.`,
    )
    .requiredOption('--period <month>', 'which month, such as 2026-10', month)
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck month-end --period 2026-10
  quarterdeck month-end --period 2026-10 --json && echo ready`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, period } = optionsOf<{ period: string }>(command)
        const client = await session.acting()
        const found = await client.billing.monthEnd.get({ period })
        print(context, json, found, () => shown(found))
        if (!found.ready) context.exitWith(EXIT.verification)
      }),
    )
}

function shown(found: MonthEnd): string {
  const { period, ready, locked, left, steps } = found
  return [
    locked
      ? `${period} is locked${ready ? '' : `, and ${left} steps have come up again`}.`
      : ready
        ? `${period} is ready to be locked.`
        : `${period}: ${left} steps are left.`,
    table(steps, [
      { title: 'PART', value: one => one.group },
      { title: 'STEP', value: one => (one.code === 'own' ? harmless(one.title ?? '') : one.code) },
      { title: 'STATE', value: one => one.state },
      { title: 'LEFT', value: one => (one.count === 0 ? '' : String(one.count)), align: 'right' },
      { title: 'OF', value: partsOf },
      { title: 'BY HAND', value: checkOf },
    ]),
  ].join('\n')
}

function partsOf({ parts, names }: MonthEndStep): string {
  return [...parts.map(one => `${one.count} ${one.code}`), ...names.map(harmless)].join(', ')
}

function checkOf({ check }: MonthEndStep): string {
  if (!check) return ''
  return harmless(check.note === '' ? check.by.name : `${check.by.name}: ${check.note}`)
}
