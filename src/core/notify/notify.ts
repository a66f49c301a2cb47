import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import type { AnyTopic, Language, ParamKinds, ParamValues, Topic, Urgency } from '#engines/notify/topic.ts'
import { fillWords } from '#engines/notify/words.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Id } from '#shared/ids.ts'
import type { Role } from '#shared/permissions.ts'

/** Whom a notification is for. A customer stands for its billing contacts. */
export type Recipient =
  | { readonly person: Id }
  | { readonly role: Role }
  | { readonly customer: Id }
  | {
      readonly email: string
      readonly name: string
      readonly language: Language
      readonly customerId?: Id | null
    }

/** A stored document that goes with a mail. The mail waits until it is there. */
export interface Enclosed {
  readonly entity: string
  readonly rowId: Id
}

export interface Notice<P extends ParamKinds> {
  readonly topic: Topic<P>
  readonly to: readonly Recipient[]
  readonly params: ParamValues<P>
  /** What makes it this one and no other: the same key is told once, whoever asks and however often. */
  readonly onceKey: string
  /** The row that it is about, by which its deliveries are found. */
  readonly about?: { readonly entity: string; readonly id: Id }
  /** A route of the application that leads to it. */
  readonly link?: string | null
  /** Where it is not the topic's own. */
  readonly urgency?: Urgency
  readonly documents?: readonly Enclosed[]
  /** People who are left out, whatever their roles: whoever did it knows. */
  readonly except?: readonly Id[]
  /** Goes by these ways only, whatever people chose: a test does. */
  readonly only?: Ways
}

/** Ways out: whether mails go to the people, and which channels of the workspace are told. */
export interface Ways {
  readonly mail: boolean
  readonly channels: readonly Id[]
}

/** What telling needs of a command. */
export interface Telling {
  readonly tx: Tx
  readonly now: bigint
  readonly ids: { next(): Id }
  effect(kind: string, payload: unknown): Promise<Id>
  readonly actor?: { readonly id: Id } | null
}

/** The effect by which the authority learns that somebody is to be told; `plan.ts` carries it out. */
export const NOTIFY_EFFECT = 'notify'

/** What that effect carries. */
export interface Asked {
  readonly topic: string
  readonly onceKey: string
  readonly params: Readonly<Record<string, unknown>>
  readonly about: { readonly entity: string; readonly id: Id } | null
  readonly link: string | null
  readonly urgency: Urgency
  readonly documents: readonly Enclosed[]
  readonly people: readonly Id[]
  readonly customers: readonly Id[]
  readonly addresses: readonly {
    readonly email: string
    readonly name: string
    readonly language: Language
    readonly customerId: Id | null
  }[]
  readonly by: Id | null
  /** Null: as preferences and channels say. */
  readonly only: Ways | null
}

/**
 * Tells people and customers something, in the transaction of a command: what people were told is in their inbox
 * from the commit on, on every desk; mails and the channels of the workspace follow by the authority. It may be
 * called where a desk runs the command in advance: it reads and writes only what desks have, and says the same
 * on every replay. What is in the inbox reaches every desk, so staff topics name rows and say no amounts.
 */
export async function notify<P extends ParamKinds>(call: Telling, notice: Notice<P>): Promise<void> {
  const { topic, to, onceKey, link = null, urgency = topic.urgency } = notice
  const people = await peopleOf(call.tx, notice)
  const customers = to.flatMap(one => ('customer' in one ? [one.customer] : []))
  const addresses = to.flatMap(one => ('email' in one ? [{ customerId: null, ...one }] : []))
  if ((topic.audience === 'staff') === customers.length + addresses.length > 0)
    throw new Error(
      `${topic.id} is for ${topic.audience === 'staff' ? 'people of the workspace' : 'customers'}`,
    )
  if (people.length > 0) await intoInboxes(call, notice, people)
  const asked: Asked = {
    topic: topic.id,
    ...{ onceKey, link, urgency, people, customers, addresses },
    params: notice.params,
    about: notice.about ?? null,
    documents: notice.documents ?? [],
    by: byWhom(call.actor ?? null),
    only: notice.only ?? null,
  }
  await call.effect(NOTIFY_EFFECT, asked)
}

/** The active people among the recipients, each once, in the order of their ids. */
async function peopleOf(
  tx: Tx,
  { topic, to, except = [] }: Pick<Notice<never>, 'to' | 'except'> & { topic: Pick<AnyTopic, 'audience'> },
): Promise<Id[]> {
  if (topic.audience === 'customer') return []
  const named = new Set(to.flatMap(one => ('person' in one ? [one.person] : [])))
  const roles = new Set(to.flatMap(one => ('role' in one ? [one.role] : [])))
  const rows = await tx.db
    .selectFrom('people')
    .select(['id', 'roles'])
    .where('active', '=', 1n)
    .orderBy('id')
    .execute()
  return rows
    .filter(
      ({ id, roles: held }) => named.has(id) || fromCanonical<Role[]>(held).some(role => roles.has(role)),
    )
    .map(row => row.id)
    .filter(id => !except.includes(id))
}

async function intoInboxes<P extends ParamKinds>(
  { tx, ids, now }: Telling,
  { topic, params, onceKey, link = null, urgency = topic.urgency }: Notice<P>,
  people: readonly Id[],
): Promise<void> {
  const { zone } = await tx.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  const { title, body } = fillWords(topic.words.en, topic.params, params, { language: 'en', zone })
  const rows = people.map(person_id => ({
    ...{ id: ids.next(), person_id, topic: topic.id, once_key: onceKey },
    ...{ title, body, link, urgency, at: now, read_at: null },
  }))
  await tx.db
    .insertInto('inbox')
    .values(rows)
    .onConflict(on => on.doNothing())
    .execute()
}
