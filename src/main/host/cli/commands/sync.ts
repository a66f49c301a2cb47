import { type Command, Option } from 'commander'
import type { ConnectionState, OutboxCommand } from '#shared/contract/sync.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { instant } from '../format.ts'
import { table } from '../io.ts'
import type { Session } from '../session.ts'

/** How often the state is asked for while one waits, in milliseconds. */
const LOOK = 500

export function syncCommands(program: Command, context: CliContext): void {
  program
    .command('connect')
    .description('Connect this workspace to a server: an empty one joins, one with content is uploaded.')
    .argument('<url>', 'the address of the server')
    .addHelpText(
      'after',
      `
Shows a code and an address. Open the address, sign in and confirm the code: from then on this machine is known
there. An empty workspace takes what the server has; one with content goes to an empty workspace of the server.

Example:
  quarterdeck connect https://quarterdeck.example.com`,
    )
    .action((url: string, _, command: Command) =>
      inWorkspace(
        context,
        command,
        async session => {
          const { json, quiet } = optionsOf(command)
          const { workspace } = await session.anonymous.workspace.session({})
          const client = workspace.empty ? session.anonymous : await session.acting()
          const begun = await client.sync.connection.begin({ url })
          note(context, quiet, `Open ${begun.address}\nand confirm the code ${begun.code}.`)
          const state = await followConnection(session, context, quiet ?? false)
          print(context, json, state, () => `This workspace is connected to ${state.url}.`)
        },
        true,
      ),
    )
  program
    .command('disconnect')
    .description('Take the server away from this workspace.')
    .addOption(
      new Option('--keep <what>', 'copy: go on here with everything; nothing: remove it from this machine')
        .choices(['copy', 'nothing'])
        .makeOptionMandatory(),
    )
    .option('--even-waiting', 'also while changes wait that the server does not have')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, keep, evenWaiting } = optionsOf<{
          keep: 'copy' | 'nothing'
          evenWaiting?: boolean
        }>(command)
        const client = await session.acting()
        await client.sync.connection.disconnect({ keep, evenWaiting: evenWaiting ?? false })
        print(context, json, { keep }, () =>
          keep === 'copy'
            ? 'Disconnected. The workspace goes on here, standalone.'
            : 'Disconnected. Nothing of the workspace is on this machine any more.',
        )
      }),
    )
  program
    .command('sync')
    .description('Sync with the server now, and say how things stand.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json } = optionsOf(command)
        const client = await session.acting()
        const round = await client.sync.now({})
        const status = await client.sync.status({})
        print(context, json, { ...round, status }, () =>
          [
            round.reached
              ? `In sync. ${round.answered} sent, ${round.applied} rows came.`
              : `The server was not reached: ${round.failure?.code ?? 'unknown'}.`,
            status.pending + status.requested > 0n ? `${status.pending + status.requested} wait.` : '',
            status.review > 0n ? `${status.review} need review: quarterdeck outbox` : '',
          ]
            .filter(line => line !== '')
            .join('\n'),
        )
        if (!round.reached) context.exitWith(EXIT.unreachable)
        else if (status.review > 0n) context.exitWith(EXIT.refused)
      }),
    )
  outboxCommands(program, context)
}

function outboxCommands(program: Command, context: CliContext): void {
  const outbox = program.command('outbox').description('What waits for the server, and what it refused.')
  outbox
    .command('list', { isDefault: true })
    .description('List it; what needs review comes first.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const { commands } = await client.sync.outbox.list({ limit: 500 })
        print(context, optionsOf(command).json, commands, () =>
          commands.length === 0 ? 'Nothing waits and nothing needs review.' : table(commands, COLUMNS),
        )
      }),
    )
  outbox
    .command('show')
    .description('Show one: what it was based on, and what the server has now.')
    .argument('<command>', 'its id')
    .action((commandId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const compared = await (await session.acting()).sync.outbox.compare({ commandId })
        print(context, true, compared, () => '')
      }),
    )
  outbox
    .command('retry')
    .description('Give a refused one again, on what is there now.')
    .argument('<command>', 'its id')
    .action((commandId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const again = await (await session.acting()).sync.outbox.retry({ commandId })
        print(context, optionsOf(command).json, again, () =>
          again.outcome === 'done' ? 'It was done again.' : 'It was requested.',
        )
      }),
    )
  outbox
    .command('discard')
    .description('Let a refused one go. Its effect is undone already.')
    .argument('<command>', 'its id')
    .action((commandId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        await (await session.acting()).sync.outbox.discard({ commandId })
        print(context, optionsOf(command).json, { commandId }, () => 'It is gone.')
      }),
    )
}

const COLUMNS = [
  { title: 'ID', value: (one: OutboxCommand) => one.commandId },
  { title: 'COMMAND', value: (one: OutboxCommand) => one.command },
  { title: 'STATE', value: (one: OutboxCommand) => (one.acknowledged ? 'confirmed' : one.state) },
  { title: 'WHO', value: (one: OutboxCommand) => one.actor?.name ?? '' },
  { title: 'WHEN', value: (one: OutboxCommand) => instant(one.at) },
  { title: 'WHY REFUSED', value: (one: OutboxCommand) => one.refusal?.code ?? '' },
]

/** Waits until the workspace is connected and its rows are here; says on the way what happens. */
async function followConnection(
  session: Session,
  context: CliContext,
  quiet: boolean,
): Promise<ConnectionState> {
  let said = ''
  for (;;) {
    const state = await session.anonymous.sync.connection.state({})
    if (state.phase === 'connected') return state
    if (state.phase === 'none')
      throw state.failure
        ? refuse(state.failure.code, state.failure.data, `Connecting ended: ${state.failure.code}.`)
        : refuse('SYNC_NOT_CONNECTED', {}, 'Connecting was given up.')
    const line = progressOf(state)
    if (line !== said && line !== '') note(context, quiet, line)
    said = line
    await new Promise(resolve => setTimeout(resolve, LOOK))
  }
}

function progressOf({ phase, progress, failure }: ConnectionState): string {
  if (failure) return `It is tried again (${failure.code}).`
  if (phase === 'enrolling' || !progress) return ''
  const share = progress.total ? ` of ${progress.total}` : ''
  return `${phase === 'joining' ? 'Fetching' : 'Uploading'}: ${progress.done}${share} rows`
}
