import type { Leaf } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { idFromCommand } from '#shared/ids.ts'
import { WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import type { Machine } from './machines.ts'
import type { Random } from './random.ts'
import { skewLeaves } from './skew.ts'
import type { Templates } from './templates.ts'
import { wallet } from './wallet.ts'

/** A command that somebody means to give. */
export interface Deed {
  readonly leaf: Leaf
  readonly input: unknown
  readonly person: string
}

const { invoice, customer } = contract.billing
const { comments, people, settings, views } = contract.workspace

/** Something that a person at this machine could do now. */
export async function someDeed(
  random: Random,
  templates: Templates,
  machine: Machine,
  persons: readonly string[],
): Promise<Deed> {
  const { drafts, customers } = templates
  const person = random.pick(persons)
  const some = () => `${random.upTo(4)}`
  const deed = (leaf: Leaf, input: unknown): Deed => ({ leaf, input, person })
  const draft = random.pick(drafts)
  const one = { invoiceId: draft.id }
  const anybody = async () => {
    const rows = await machine.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('people').select('id').orderBy('id').execute(),
    )
    const fixed: readonly string[] = Object.values(templates.people)
    const others = rows.map(row => row.id).filter(id => !fixed.includes(id))
    return others.length > 0 ? random.pick(others) : random.pick(fixed)
  }
  switch (random.upTo(26)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return deed(invoice.approve, { ...one, digest: draft.digest })
    case 4:
      return deed(invoice.unapprove, one)
    case 5:
      return deed(invoice.hold, { ...one, note: `wait for ${some()}` })
    case 6:
      return deed(invoice.release, one)
    case 7:
      return deed(invoice.sendBack, { ...one, comment: `look again, ${some()}` })
    case 8:
      return deed(invoice.assign, { ...one, personId: random.pick([templates.people.grace, person, null]) })
    case 9:
      return deed(invoice.issue, { ...one, digest: draft.digest })
    case 10:
      return deed(comments.add, { entity: 'invoice', rowId: draft.id, body: `@Bob what of ${some()}?` })
    case 11:
      return deed(settings.set, { name: 'billing.footer', value: `Thank you ${some()}` })
    case 12:
      return deed(people.add, { name: `P ${some()}`, email: `p${some()}@example.com`, roles: ['analyst'] })
    case 13:
      return deed(customer.create, {
        ...{ key: `n${some()}`, name: `New ${some()}`, email: 'n@example.com', country: 'US' },
        ...{ currency: 'USD', zone: 'UTC' },
      })
    case 14:
      return deed(views.save, {
        page: 'billing.review',
        name: `View ${some()}`,
        address: '/billing/review?state=draft',
        shared: true,
      })
    case 15:
      return deed(wallet.deposit, { amount: 40n })
    case 16:
    case 17:
    case 18:
      return deed(wallet.hold, { amount: 60n })
    case 19:
      return deed(leaves.swap, { one: await anybody(), other: await anybody() })
    case 20:
      return deed(leaves.add, { name: `T ${some()}`, email: `t${some()}@example.com` })
    case 21: {
      const id = await anybody()
      const fixed: readonly string[] = Object.values(templates.people)
      return deed(leaves.remove, { id: fixed.includes(id) ? idFromCommand(WORKSPACE, 1) : id })
    }
    case 22:
      return random.chance(0.5)
        ? deed(leaves.passing, { name: some() })
        : deed(leaves.replace, { id: await anybody(), name: `R ${some()}` })
    case 23:
      return deed(leaves.breaks, {})
    case 24:
      return machine.release.name === 'next'
        ? deed(skewLeaves.named, { name: some(), text: some() })
        : deed(skewLeaves.titled, { name: some(), title: some() })
    default:
      return machine.release.name === 'next'
        ? deed(skewLeaves.note, { note: some() })
        : deed(customer.edit, {
            ...{ customerId: random.pick(customers), name: `C ${some()}`, email: 'c@example.com' },
            ...{ country: 'US', zone: 'UTC' },
          })
  }
}
