import { type Command, Option } from 'commander'
import type { Approval } from '#shared/contract/workspace/approvals.ts'
import { findCurrency } from '#shared/currencies.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { instant, shownAmount } from '../format.ts'
import { harmless, table } from '../io.ts'

/** What people ask others to allow: who waits for whom, and votes. */
export function approvalsCommands(program: Command, context: CliContext): void {
  const approvals = program.command('approvals').description('Approval requests: list them, approve, refuse.')
  approvals
    .command('list', { isDefault: true })
    .description('List them, those that the acting person decides first.')
    .addOption(
      new Option('--show <which>', 'which of them').choices(['waiting', 'ended', 'all']).default('waiting'),
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { show, json } = optionsOf<{ show: 'waiting' | 'ended' | 'all' }>(command)
        const { approvals: list } = await (await session.acting()).workspace.approval.list({ show })
        print(context, json, { approvals: list }, () => shownList(list))
      }),
    )
  approvals
    .command('approve')
    .description('Approve one. The last vote that is needed carries it out.')
    .argument('<id>', 'its id')
    .option('--note <text>', 'a note beside the vote', '')
    .action((approvalId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { note, json } = optionsOf<{ note: string }>(command)
        const { approval } = (await session.acting()).workspace
        const { digest, nonce } = await approval.get({ approvalId })
        const after = await approval.approve({ approvalId, digest, nonce, note })
        print(context, json, after, () => shownList([after]))
      }),
    )
  approvals
    .command('refuse')
    .description('Refuse one, with the reason. That ends it.')
    .argument('<id>', 'its id')
    .requiredOption('--reason <text>', 'why')
    .action((approvalId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { reason, json } = optionsOf<{ reason: string }>(command)
        const { approval } = (await session.acting()).workspace
        const { digest, nonce } = await approval.get({ approvalId })
        const after = await approval.refuse({ approvalId, digest, nonce, reason })
        print(context, json, after, () => shownList([after]))
      }),
    )
}

function shownList(list: readonly Approval[]): string {
  return table(list, [
    { title: 'REQUEST', value: one => one.id },
    { title: 'STATE', value: one => (one.mine === 'decide' ? 'yours to decide' : one.state) },
    { title: 'WHAT', value: one => one.kind },
    { title: 'ABOUT', value: one => harmless(one.subject.title) },
    {
      title: 'AMOUNT',
      value: one =>
        one.amount === null || one.currency === null
          ? ''
          : shownAmount(one.amount, findCurrency(one.currency)?.minorDigits ?? 2, one.currency),
      align: 'right',
    },
    { title: '', value: one => one.currency ?? '' },
    { title: 'BY', value: one => harmless(one.requestedBy.name) },
    { title: 'REASON', value: one => harmless(one.reason) },
    { title: 'ENDS', value: one => (one.expiresAt === null ? '' : instant(one.expiresAt)) },
  ])
}
