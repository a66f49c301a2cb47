import type { Row } from '#core/database/schema.ts'
import type { Actor } from '#core/runtime/handlers.ts'
import { approvalAsked, approvalDecided } from '#engines/notify/topics/workspace.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Role } from '#shared/permissions.ts'
import { notify, type Telling } from './notify.ts'

type Request = Pick<Row<'approval_requests'>, 'id' | 'title' | 'reason' | 'voters' | 'requested_by'>

const linkOf = (id: string) => `/workspace/approvals?approval=${id}`
const about = ({ id }: Request) => ({ entity: 'approval', id })

/** Tells those who may decide that somebody asks them to: once each, and not who asks. */
export async function notifyVoters(call: Telling, request: Request, asking: Actor): Promise<void> {
  await notify(call, {
    topic: approvalAsked,
    to: fromCanonical<Role[]>(request.voters).map(role => ({ role })),
    params: { asker: asking.name, what: request.title, reason: request.reason },
    onceKey: `approval:${request.id}`,
    about: about(request),
    link: linkOf(request.id),
    except: [asking.id],
  })
}

const WORDS: Readonly<Record<string, string>> = {
  done: 'was approved',
  refused: 'was refused',
  changed: 'ended: what you asked for changed',
  failed: 'was approved and could not be carried out',
}

/** Tells who asked how it ended. */
export async function notifyDecided(call: Telling, request: Request, state: string): Promise<void> {
  await notify(call, {
    topic: approvalDecided,
    to: [{ person: request.requested_by }],
    params: { what: request.title, outcome: WORDS[state] ?? 'ended' },
    onceKey: `approval:${request.id}:${state}`,
    about: about(request),
    link: linkOf(request.id),
  })
}
