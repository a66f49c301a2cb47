import { z } from 'zod'
import { inAppAddress } from '../../deep-link.ts'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'

export const View = z.object({
  id: Uuid,
  /** The page that it belongs to, for example `finops.explorer`. */
  page: z.string(),
  name: z.string(),
  /** A path of the application with its parameters: the view itself, which can be sent. */
  address: z.string(),
  owner: z.object({ id: Uuid, name: z.string() }),
  shared: z.boolean(),
  /** The acting person may rename, share and remove it. */
  mine: z.boolean(),
  createdAt: Instant,
})
export type View = z.infer<typeof View>

const Page = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/)
  .max(100)
const Name = z.string().trim().min(1).max(200)
/** A path such as `/finops/explorer?group=service`: what a deep link may name, and nothing that leaves us. */
const Address = z
  .string()
  .max(1900)
  .refine(text => inAppAddress(text) !== null, 'not an address of this application')
const owner = { WORKSPACE_VIEW_NOT_YOURS: { data: z.object({ viewId: Uuid }) } }

export const views = {
  /** One's own views and the shared ones, by name; of one page, or of all. */
  list: query('workspace.views.list', { roles: EVERYONE })
    .input(z.object({ page: Page.optional() }))
    .output(z.object({ views: z.array(View) })),
  /** Saves a new view, or what one of one's own shows from now on. */
  save: command('workspace.views.save', { roles: EVERYONE })
    .input(
      z.object({
        viewId: Uuid.optional(),
        page: Page,
        name: Name,
        address: Address,
        shared: z.boolean().default(false),
      }),
    )
    .output(View)
    .errors(owner),
  rename: command('workspace.views.rename', { roles: EVERYONE })
    .input(z.object({ viewId: Uuid, name: Name }))
    .output(View)
    .errors(owner),
  /** Shares a view with everybody, or takes it back. */
  share: command('workspace.views.share', { roles: EVERYONE })
    .input(z.object({ viewId: Uuid, shared: z.boolean() }))
    .output(View)
    .errors(owner),
  remove: command('workspace.views.remove', { roles: EVERYONE })
    .input(z.object({ viewId: Uuid }))
    .output(z.object({}))
    .errors(owner),
  /** Puts a removed view back: what undoes `remove`. */
  restore: command('workspace.views.restore', { roles: [], internal: true })
    .input(View.omit({ owner: true, mine: true }).extend({ owner: Uuid }))
    .output(View),
}
