import { type Command, Option } from 'commander'
import { type Job, JobState } from '#shared/contract/workspace/jobs.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { instant } from '../format.ts'
import { table } from '../io.ts'
import { waitForJob } from '../job-progress.ts'

export function jobsCommands(program: Command, context: CliContext): void {
  const jobs = program.command('jobs').description('Long work: imports, exports, the demo.')
  jobs
    .command('list', { isDefault: true })
    .description('List the latest.')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(JobState.options))
    .option('--limit <count>', 'at most this many', Number, 20)
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, state, limit } = optionsOf<{ state?: Job['state']; limit: number }>(command)
        const client = await session.acting()
        const { jobs: list } = await client.workspace.jobs.list({ limit, ...(state ? { state } : {}) })
        print(context, json, list, () =>
          table(list, [
            { title: 'JOB', value: job => job.id },
            { title: 'KIND', value: job => job.kind },
            { title: 'STATE', value: job => job.state },
            { title: 'PROGRESS', value: progress, align: 'right' },
            { title: 'REQUESTED', value: job => instant(job.requestedAt) },
            { title: 'FAILURE', value: job => job.failure?.code ?? '' },
          ]),
        )
      }),
    )
  jobs
    .command('show')
    .description('Show one with its result or failure.')
    .argument('<job>')
    .action((jobId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const job = await (await session.acting()).workspace.jobs.get({ jobId })
        print(context, true, job, () => '')
      }),
    )
  jobs
    .command('wait')
    .description('Wait until one is over; Ctrl-C cancels it.')
    .argument('<job>')
    .action((jobId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const job = await waitForJob(await session.acting(), jobId, context.io, quiet ?? false)
        print(context, json, job, () => `The job is ${job.state}.`)
      }),
    )
  jobs
    .command('cancel')
    .description('Cancel one. What it had done is taken back.')
    .argument('<job>')
    .action((jobId: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const job = await (await session.acting()).workspace.jobs.cancel({ jobId })
        print(context, optionsOf(command).json, job, () => 'It will be cancelled at its next step.')
      }),
    )
}

function progress(job: Job): string {
  if (job.state === 'done') return '100 %'
  return job.total ? `${(job.done * 100n) / job.total} %` : job.done === 0n ? '' : job.done.toString()
}
