import { Command } from 'commander'
import { approvalsCommands } from './commands/approvals.ts'
import { backupCommands } from './commands/backup.ts'
import { churnCommand } from './commands/churn.ts'
import { closeCommand } from './commands/close.ts'
import { contractsCommands } from './commands/contracts.ts'
import { costsCommand } from './commands/costs.ts'
import { couponsCommands } from './commands/coupons.ts'
import { customersCommands } from './commands/customers.ts'
import { demoCommand } from './commands/demo.ts'
import { diagnoseCommands } from './commands/diagnose.ts'
import { documentsCommands } from './commands/documents.ts'
import { dunningCommands } from './commands/dunning.ts'
import { entitiesCommands } from './commands/entities.ts'
import { importCommand } from './commands/import.ts'
import { importsCommands } from './commands/imports.ts'
import { invoicesCommands } from './commands/invoices.ts'
import { jobsCommands } from './commands/jobs.ts'
import { journalCommands } from './commands/journal.ts'
import { keysCommands } from './commands/keys.ts'
import { monthEndCommand } from './commands/month-end.ts'
import { notifyCommands } from './commands/notify.ts'
import { oneOffsCommands } from './commands/one-offs.ts'
import { peopleCommands } from './commands/people.ts'
import { plansCommands } from './commands/plans.ts'
import { prorateCommand, rateCommand } from './commands/rate.ts'
import { ratesCommands } from './commands/rates.ts'
import { refundsCommands } from './commands/refunds.ts'
import { scanCommand } from './commands/scan.ts'
import { sepaCommands } from './commands/sepa.ts'
import { settingsCommands } from './commands/settings.ts'
import { setupCommands } from './commands/setup.ts'
import { subscriptionsCommands } from './commands/subscriptions.ts'
import { syncCommands } from './commands/sync.ts'
import { taxCommands } from './commands/tax.ts'
import { usageCommands } from './commands/usage.ts'
import { walletsCommands } from './commands/wallets.ts'
import type { CliContext } from './context.ts'
import { EXIT_HELP } from './exit-codes.ts'

/** The whole command line. It writes nothing by itself but help, and never ends the process. */
export function makeProgram(context: CliContext): Command {
  const { io, services } = context
  const program = new Command('quarterdeck')
    .description('The workstation from which a SaaS company runs its money and its uptime.')
    .version(services.version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'help for a command')
    .option('-w, --workspace <name or folder>', 'which workspace (QUARTERDECK_WORKSPACE; default: default)')
    .option('--as <person>', 'who acts: name, e-mail address or id (QUARTERDECK_AS)')
    .option('--json', 'results as JSON on standard output, failures as JSON on standard error')
    .option('-q, --quiet', 'no progress and no notes')
    .option('--key-file <file>', 'unlock with this key file (QUARTERDECK_KEY_FILE)')
    .option(
      '--passphrase-file <file>',
      'unlock with the passphrase in the first line of this file; - is standard input (QUARTERDECK_PASSPHRASE_FILE)',
    )
    .option('--recovery-key', 'unlock with the recovery key, which is asked for')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Results go to standard output, progress and notes to standard error.
When the desktop or another host has the workspace open, the command runs there.

Examples:
  quarterdeck demo                      a made-up company to look round in
  quarterdeck import bill.csv.gz        bring a bill in
  quarterdeck costs --by service        what was spent on what
  quarterdeck close --period 2026-10    turn usage and fees into drafts of invoices
  quarterdeck backup                    a consistent copy, while people work
  quarterdeck connect https://qd.example  work with others over a server
  quarterdeck verify                    prove that nothing in the log was changed

${EXIT_HELP}`,
    )
  for (const add of [
    demoCommand,
    setupCommands,
    importCommand,
    importsCommands,
    costsCommand,
    customersCommands,
    plansCommands,
    subscriptionsCommands,
    churnCommand,
    contractsCommands,
    couponsCommands,
    taxCommands,
    entitiesCommands,
    ratesCommands,
    usageCommands,
    oneOffsCommands,
    refundsCommands,
    walletsCommands,
    sepaCommands,
    closeCommand,
    monthEndCommand,
    scanCommand,
    dunningCommands,
    invoicesCommands,
    documentsCommands,
    journalCommands,
    approvalsCommands,
    rateCommand,
    prorateCommand,
    jobsCommands,
    peopleCommands,
    settingsCommands,
    keysCommands,
    notifyCommands,
    backupCommands,
    diagnoseCommands,
    syncCommands,
  ])
    add(program, context)
  for (const command of everyCommand(program)) {
    command.exitOverride()
    command.configureOutput(program.configureOutput())
  }
  return program
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap(child => [child, ...everyCommand(child)])
}
