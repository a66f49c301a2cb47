import type { Command } from 'commander'
import type { Client } from '#serving/client.ts'
import type { LegalEntity } from '#shared/contract/billing/entities.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { customerOf } from '../customer-of.ts'
import { table } from '../io.ts'

/** `quarterdeck entities`: who bills, and by whom a customer is billed. */
export function entitiesCommands(program: Command, context: CliContext): void {
  const entities = program.command('entities').description('The companies that bill.')
  entities
    .command('list', { isDefault: true })
    .description('List them, the default one first.')
    .action((_, command: Command) =>
      inWorkspace(context, command, async session => {
        const client = await session.acting()
        const found = await client.billing.entity.list({})
        print(context, optionsOf(command).json, found, () => shown(found.entities))
      }),
    )
  entities
    .command('assign')
    .description('Say by whom a customer is billed.')
    .argument('<customer>', 'its key')
    .argument('[entity]', 'the key of a legal entity; the default one where nothing is said')
    .action((customer: string, key: string | undefined, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const { json, quiet } = optionsOf(command)
        const client = await session.acting()
        const customerId = await customerOf(client, customer)
        const entityId = key === undefined ? null : await entityOf(client, key)
        const done = await client.billing.entity.assign({ customerId, entityId })
        if (!json) note(context, quiet, `${customer} is billed by ${key ?? 'the default one'}.`)
        print(context, json, done, () => '')
      }),
    )
}

async function entityOf(client: Client, key: string): Promise<string> {
  const { entities } = await client.billing.entity.list({})
  const found = entities.find(one => one.key === key)
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'legal-entity', id: key })
  return found.id
}

function shown(entities: readonly LegalEntity[]): string {
  return table(entities, [
    { title: 'KEY', value: one => one.key },
    { title: 'NAME', value: one => one.name },
    {
      title: 'STATE',
      value: one => (one.isDefault ? 'default' : one.archivedAt === null ? 'used' : 'archived'),
    },
    { title: 'COUNTRY', value: one => one.country },
    { title: 'TAX NUMBER', value: one => one.taxId },
    { title: 'NUMBERS', value: one => `${one.invoicePrefix}, ${one.creditNotePrefix}` },
    { title: 'CUSTOMERS', value: one => String(one.customers), align: 'right' },
  ])
}
