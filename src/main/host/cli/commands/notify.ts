import type { Command } from 'commander'
import type { Delivery } from '#shared/contract/workspace/notifications.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { instant } from '../format.ts'
import { harmless, table } from '../io.ts'
import type { Session } from '../session.ts'

type Client = Awaited<ReturnType<Session['acting']>>

/** How often a test is looked at while one waits, and for how long, in milliseconds. */
const LOOK = 250
const PATIENCE = 60_000
/** States in which a delivery goes no further by itself, or not soon. */
const OVER: ReadonlySet<string> = new Set(['sent', 'failed', 'bounced', 'skipped', 'cancelled', 'held'])

export function notifyCommands(program: Command, context: CliContext): void {
  const notify = program.command('notify').description('Messages: try a channel, see what became of them.')
  notify
    .command('test')
    .description('Send a test message and wait for what becomes of it.')
    .option('--channel <channel>', 'email, desktop, or the name of a channel of the workspace', 'email')
    .addHelpText(
      'after',
      `
Examples:
  quarterdeck notify test
  quarterdeck notify test --channel "ops on Slack"`,
    )
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet, channel } = optionsOf<{ channel: string }>(command)
        const client = await session.acting()
        const { onceKey } = await client.workspace.notifications.test({
          channel: await channelOf(client, channel),
        })
        if (channel === 'desktop') {
          print(
            context,
            json,
            { onceKey },
            () => 'The test is in the inbox, and on the desktop of who asked.',
          )
          return
        }
        note(context, quiet, 'Sent off; waiting for what becomes of it…')
        const delivery = await ended(client, onceKey)
        print(context, json, delivery, () => words(delivery))
        if (delivery.state !== 'sent')
          throw refuse(
            delivery.failure?.code ?? 'NOTIFY_NOT_SENT',
            { state: delivery.state },
            'The test was not sent.',
          )
      }),
    )
  notify
    .command('list')
    .description('What went out, the newest first.')
    .option('--failed', 'only what did not arrive')
    .option('--limit <number>', 'how many', '50')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, failed, limit } = optionsOf<{ failed?: boolean; limit: string }>(command)
        const client = await session.acting()
        const { deliveries } = await client.workspace.notifications.deliveries.list({
          limit: Number(limit),
          ...(failed ? { states: ['failed', 'bounced', 'skipped'] } : {}),
        })
        print(context, json, deliveries, () =>
          table(deliveries, [
            { title: 'STATE', value: one => one.state },
            { title: 'BY', value: one => one.channel },
            { title: 'TO', value: one => harmless(one.channel === 'email' ? one.target : one.name) },
            { title: 'WHAT', value: one => harmless(one.title) },
            { title: 'TRIES', value: one => String(one.attempts), align: 'right' },
            { title: 'ASKED FOR', value: one => instant(one.createdAt) },
          ]),
        )
      }),
    )
}

/** The id of the channel that is named. @throws Refusal where there is none of this name */
async function channelOf(client: Client, name: string): Promise<string> {
  if (name === 'email' || name === 'desktop') return name
  const { channels } = await client.workspace.notifications.channels.list({})
  const channel = channels.find(one => one.name === name || one.id === name)
  if (!channel)
    throw refuse('WORKSPACE_NOT_FOUND', { entity: 'channel', id: name }, `There is no channel ${name}.`)
  return channel.id
}

/** The delivery of a test, once it is over; as it is after a minute. */
async function ended(client: Client, onceKey: string): Promise<Delivery> {
  const until = Date.now() + PATIENCE
  for (;;) {
    const { deliveries } = await client.workspace.notifications.deliveries.list({ onceKey })
    const [delivery] = deliveries
    // What failed for now is told now: whoever tries a channel does not wait for the next try.
    if (delivery && (OVER.has(delivery.state) || delivery.failure !== null)) return delivery
    if (Date.now() > until) {
      if (delivery) return delivery
      throw refuse('NOTIFY_NOT_SENT', {}, 'Nothing on this host sends messages.')
    }
    await new Promise(resolve => setTimeout(resolve, LOOK))
  }
}

function words({ state, answer, failure, name, target, channel }: Delivery): string {
  const to = harmless(channel === 'email' ? target : name)
  if (state === 'sent') return `Sent to ${to}: ${harmless(answer ?? '')}`
  return `Not sent to ${to} (${state}): ${harmless(failure?.message ?? '')}`
}
