import type { Command } from 'commander'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { bytes, instant } from '../format.ts'
import { harmless } from '../io.ts'

export function diagnoseCommands(program: Command, context: CliContext): void {
  program
    .command('diagnose')
    .description('How the core and its database are: sizes, waits, threads, jobs, recent faults.')
    .option('--log [lines]', 'the last lines of the log instead')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, log } = optionsOf<{ log?: string | true }>(command)
        const client = await session.acting()
        if (log !== undefined) {
          const { entries } = await client.host.log({ limit: log === true ? 50 : Number(log) })
          print(context, json, entries, () =>
            entries
              .toReversed()
              .map(({ at, level, message, facts }) =>
                harmless(`${at} ${level} ${message} ${JSON.stringify(facts)}`),
              )
              .join('\n'),
          )
          return
        }
        const [host, core] = [await client.host.about({}), await client.workspace.diagnostics.get({})]
        print(context, json, { host, core }, () => report(host, core))
      }),
    )
  program
    .command('verify')
    .description(
      'Walk the command log against its signed heads; any change, removal, reorder or cut end shows.',
    )
    .addHelpText('after', '\nEnds with 6 when something is wrong.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const result = await (await session.acting()).workspace.log.verify({})
        const { entries, heads, keptElsewhere, signedUpTo, problem } = result
        print(context, optionsOf(command).json, result, () =>
          problem === null
            ? `The log is intact: ${entries} entries, ${heads} signed heads, ${keptElsewhere} of them kept elsewhere` +
              `${signedUpTo === null ? '; nothing is signed yet' : `; signed up to entry ${signedUpTo}`}.`
            : `Something is wrong with the log at entry ${problem.version}: ${PROBLEMS[problem.kind]}.`,
        )
        if (problem !== null) context.exitWith(EXIT.verification)
      }),
    )
}

const PROBLEMS: Readonly<Record<string, string>> = {
  changed: 'it was changed after it was written',
  broken: 'it does not continue the one before it: something was removed, inserted or reordered',
  'head-differs': 'it is not the one that was signed',
  cut: 'it was signed and is not there: the end was cut off',
  signature: 'the signature of its head is not right',
  'unknown-key': 'its head was signed with a key that is not known on this machine',
  'head-removed': 'its head is kept elsewhere and missing here',
}

type About = Awaited<ReturnType<import('#serving/client.ts').Client['host']['about']>>
type Diagnostics = Awaited<ReturnType<import('#serving/client.ts').Client['workspace']['diagnostics']['get']>>

function report(host: About, core: Diagnostics): string {
  const { database, jobs } = core
  const lines: [string, string][] = [
    ['workspace', host.workspaceDir],
    ['open in', `${host.host} ${host.version} (process ${host.pid}, since ${host.startedAt})`],
    ['unlocked by', host.unlockedBy],
    ['other processes', String(host.clients)],
    [
      'versions',
      Object.entries(core.host.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['memory', bytes(host.memoryBytes)],
    ['database', `${bytes(database.bytes)}, migration ${database.migration}`],
    ['write-ahead log', bytes(database.logBytes ?? 0)],
    ['jobs', `${jobs.running} running, ${jobs.queued} queued, ${jobs.failed} failed`],
    ['followers', String(core.followers)],
    ...core.waits.map(({ kind, waited, total }): [string, string] => [
      kind === 'heavy' ? 'heavy reads' : `${kind}s`,
      `${total.count} in all; waited p99 ${waited.p99.toFixed(1)} ms, took p99 ${total.p99.toFixed(1)} ms, worst ${total.max.toFixed(1)} ms`,
    ]),
    ...core.bugs
      .slice(0, 5)
      .map((bug): [string, string] => [
        'fault',
        `${instant(bug.at)} ${bug.where}: ${bug.message} (${bug.reference})`,
      ]),
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${harmless(value)}`).join('\n')
}
