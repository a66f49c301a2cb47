import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import type { Client } from '#serving/client.ts'
import type { Person } from '#shared/contract/workspace/people.ts'
import { refuse } from '#shared/errors.ts'
import type { CliServices } from '#shared/host-entries.ts'
import { ask, isInteractive } from '../keys/passphrase-prompt.ts'
import { Membership } from '../membership.ts'
import { resolveWorkspace, workspacePaths } from '../workspace/layout.ts'
import { ownAccountUnlocker } from '../workspace/own-account-unlocker.ts'
import { type Io, terminalOf } from './io.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly workspace?: string
  readonly as?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly keyFile?: string
  readonly passphraseFile?: string
  readonly recoveryKey?: boolean
}

/** What a command is given to work with. */
export interface Session {
  readonly io: Io
  readonly options: GlobalOptions
  readonly services: CliServices
  readonly workspaceDir: string
  readonly membership: Membership
  /** Calls in the name of nobody: what is open to all. */
  readonly anonymous: Client
  /** Calls in the name of the person of `--as`, or of the only one. */
  acting(): Promise<Client>
}

/** The device's name in the command log. */
const device = (): string => `cli:${userInfo().username}@${hostname()}`

/**
 * Opens the workspace, or joins the process that has it open, for as long as `work` runs.
 * @param mayCreate false where a workspace that is not there is a mistake
 * @throws Refusal `WORKSPACE_MISSING` and whatever opening and the work refuse
 */
export async function withSession<T>(
  io: Io,
  options: GlobalOptions,
  services: CliServices,
  mayCreate: boolean,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const workspaceDir = resolveWorkspace(options.workspace ?? io.env.QUARTERDECK_WORKSPACE)
  const paths = workspacePaths(workspaceDir)
  if (!mayCreate && !existsSync(paths.keys))
    throw refuse(
      'WORKSPACE_MISSING',
      { dir: workspaceDir },
      `There is no workspace in ${workspaceDir}. Make one: quarterdeck demo, or quarterdeck setup`,
    )
  const membership = new Membership({
    paths,
    host: 'command line',
    kind: 'cli',
    version: services.version,
    device: device(),
    unlocker: ownAccountUnlocker({
      dir: workspaceDir,
      keyFile: options.keyFile ?? io.env.QUARTERDECK_KEY_FILE,
      passphraseFile: options.passphraseFile ?? io.env.QUARTERDECK_PASSPHRASE_FILE,
      recovery: options.recoveryKey ?? false,
      keychain: services.keychain,
      terminal: terminalOf(io),
      notice: text => {
        if (!options.quiet) io.stderr.write(`${text}\n`)
      },
    }),
    keys: { keychain: services.keychain },
    ...patienceOf(io),
  })
  try {
    const anonymous = await membership.client()
    let acting: Promise<Client> | undefined
    return await work({
      io,
      options,
      services,
      workspaceDir,
      membership,
      anonymous,
      acting: () => {
        acting ??= actAs(io, options, membership, anonymous)
        return acting
      },
    })
  } finally {
    await membership.close()
  }
}

/** QUARTERDECK_PATIENCE: how long to wait for a process that has the workspace and does not answer, in ms. */
function patienceOf({ env }: Io): { patience?: number } {
  const patience = Number(env.QUARTERDECK_PATIENCE)
  return patience > 0 && Number.isFinite(patience) ? { patience } : {}
}

async function actAs(
  io: Io,
  options: GlobalOptions,
  membership: Membership,
  anonymous: Client,
): Promise<Client> {
  const { people, workspace } = await anonymous.workspace.session({})
  const person = choosePerson(people, options.as ?? io.env.QUARTERDECK_AS, workspace.demo)
  if (!person.hasPassphrase) return membership.client({ person: person.id })
  const passphrase = await personsPassphrase(io, person)
  const { proof } = await anonymous.workspace.people.actAs({ personId: person.id, passphrase })
  return membership.client({ person: person.id, proof: proof ?? undefined })
}

async function personsPassphrase(io: Io, person: Person): Promise<string> {
  const terminal = terminalOf(io)
  if (!isInteractive(terminal))
    throw refuse(
      'WORKSPACE_PASSPHRASE_NEEDED',
      { personId: person.id },
      `${person.name} has a passphrase, and there is no terminal to ask for it.`,
    )
  return ask(terminal, `Passphrase of ${person.name}: `, true)
}

/**
 * Whom the command acts as: who `--as` names by id, e-mail address or name; without it the only active person,
 * or in the demo the first admin.
 * @throws Refusal `CLI_PERSON_NOT_FOUND`, `CLI_WHO`
 */
export function choosePerson(people: readonly Person[], wanted: string | undefined, demo: boolean): Person {
  const active = people.filter(person => person.active)
  if (wanted !== undefined) {
    const sought = wanted.toLowerCase()
    const found = active.filter(
      ({ id, email, name }) => id === sought || email === sought || name.toLowerCase() === sought,
    )
    if (found.length === 1) return found[0]!
    throw refuse(
      found.length === 0 ? 'CLI_PERSON_NOT_FOUND' : 'USAGE_AMBIGUOUS',
      { wanted },
      found.length === 0
        ? `Nobody called '${wanted}' is here. There are: ${active.map(person => person.name).join(', ')}.`
        : `Several people are called '${wanted}': use the e-mail address.`,
    )
  }
  const only = active.length === 1 ? active[0] : undefined
  const guide = demo ? active.find(person => person.roles.includes('admin')) : undefined
  const person = only ?? guide
  if (person) return person
  throw active.length === 0
    ? refuse('CLI_NOT_SET_UP', {}, 'This workspace is empty. Set it up first: quarterdeck setup --help')
    : refuse(
        'USAGE_WHO',
        { people: active.map(({ email }) => email) },
        `Say who you are with --as (${active.map(({ email }) => email).join(', ')}), or set QUARTERDECK_AS.`,
      )
}
