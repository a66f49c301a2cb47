import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { ROLES, type Role } from '#shared/permissions.ts'
import { type CliContext, inWorkspace, optionsOf, print } from '../context.ts'
import { table } from '../io.ts'

const roles = (text: string): Role[] =>
  text.split(',').map(part => {
    const role = ROLES.find(known => known === part.trim())
    if (!role) throw new InvalidArgumentError(`Roles are ${ROLES.join(', ')}.`)
    return role
  })

export function peopleCommands(program: Command, context: CliContext): void {
  const people = program.command('people').description('The people of the workspace and their roles.')
  people
    .command('list', { isDefault: true })
    .description('List them.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async ({ anonymous }) => {
        const session = await anonymous.workspace.session({})
        print(context, optionsOf(command).json, session.people, () =>
          table(session.people, [
            { title: 'NAME', value: person => person.name },
            { title: 'E-MAIL', value: person => person.email },
            { title: 'ROLES', value: person => person.roles.join(', ') },
            { title: 'STATE', value: person => (person.active ? 'active' : 'inactive') },
            { title: 'PASSPHRASE', value: person => (person.hasPassphrase ? 'yes' : 'no') },
          ]),
        )
      }),
    )
  people
    .command('add')
    .description('Add a person.')
    .argument('<name>')
    .argument('<email>')
    .requiredOption('--roles <list>', `comma-separated: ${ROLES.join(', ')}`, roles)
    .addHelpText(
      'after',
      "\nExample:\n  quarterdeck people add 'Grace Hopper' grace@example.com --roles ops,approver",
    )
    .action((name: string, email: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, roles: wanted } = optionsOf<{ roles: Role[] }>(command)
        const person = await (await session.acting()).workspace.people.add({ name, email, roles: wanted })
        print(context, json, person, () => `${person.name} was added (${person.roles.join(', ')}).`)
      }),
    )
}
