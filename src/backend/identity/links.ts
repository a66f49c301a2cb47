import { LINK_PATH } from '#core/identity/links.ts'
import { BEGINNING } from '#core/identity/lives.ts'
import { makeSecret, readSecretName, sameDigest } from '#core/identity/secrets.ts'
import { access } from '#shared/contract/access.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { type Account, asServer, type IdentityParts } from './parts.ts'
import type { SignIn } from './sign-in.ts'

export interface FoundLink {
  readonly id: Id
  readonly workspace: Id
  readonly kind: 'begin' | 'invitation' | 'reset'
  /** Whom it is for; null for the first admin, who is nobody yet. */
  readonly person: { readonly id: Id; readonly name: string; readonly email: string } | null
  readonly workspaceName: string
  /** It makes a further workspace, although there are some. */
  readonly another: boolean
}

export interface Beginning {
  readonly name: string
  readonly zone: string
  readonly currency: string
  readonly admin: { readonly name: string; readonly email: string }
  readonly passphrase: string
}

/** Who made the link of a further workspace: whoever runs the server. */
const ANOTHER = 'server'

/** Links that work once. */
export function createLinks(parts: IdentityParts & { readonly signIn: SignIn }) {
  const { store, workspaces, random, newId, now, signIn } = parts

  /** Workspaces that have people; those without were begun and never finished. */
  async function inhabited(): Promise<{ all: number; empty: Id | null }> {
    let all = 0
    let empty: Id | null = null
    for (const workspace of await workspaces.list()) {
      const someone = await store.read(workspace, reader =>
        reader.db.selectFrom('people').select('id').limit(1).executeTakeFirst(),
      )
      if (someone) all++
      else empty = workspace
    }
    return { all, empty }
  }

  /** The link of a secret, while it can be used. */
  async function find(secret: string): Promise<FoundLink | null> {
    const name = readSecretName(secret)
    if (name?.kind !== 'link') return null
    const { workspace } = name
    const digest = digestOf(secret)
    return store.read(workspace, async reader => {
      const row = await reader.db
        .selectFrom('access_links')
        .leftJoin('people', 'people.id', 'access_links.person_id')
        .selectAll('access_links')
        .select(['people.name as name', 'people.email as email', 'people.active as active'])
        .where('digest', '=', digest)
        .executeTakeFirst()
      if (!row || !sameDigest(row.digest, digest) || row.used_at !== null || row.expires_at <= now())
        return null
      if (row.kind !== 'begin' && row.active !== 1n) return null
      const state = await reader.db.selectFrom('workspace_state').select('name').executeTakeFirst()
      return {
        id: row.id,
        workspace,
        kind: row.kind,
        person: row.person_id === null ? null : { id: row.person_id, name: row.name!, email: row.email! },
        workspaceName: state?.name ?? '',
        another: row.created_by === ANOTHER,
      }
    })
  }

  return {
    find,

    /**
     * The link by which the first admin comes in; null where a workspace is there already. Each start of the
     * server makes a new one, because nobody can read the old one again.
     * @param another makes one for a further workspace, although there are some
     */
    async firstAdmin(another = false): Promise<{ path: string; until: bigint } | null> {
      const { all, empty } = await inhabited()
      if (all > 0 && !another) return null
      const workspace = empty ?? newId()
      const { secret, digest } = makeSecret('link', workspace, random)
      const until = now() + BEGINNING
      await store.write(workspace, 'person', async tx => {
        await tx.db.deleteFrom('access_links').where('kind', '=', 'begin').execute()
        await tx.db
          .insertInto('access_links')
          .values({
            ...{ id: newId(), kind: 'begin', digest, person_id: null, created_by: another ? ANOTHER : null },
            ...{ created_at: now(), expires_at: until, used_at: null },
          })
          .execute()
      })
      return { path: `${LINK_PATH.begin}${secret}`, until }
    },

    /**
     * Makes the workspace of a first admin's link, and their account.
     * @throws Refusal `ACCESS_LINK_INVALID`
     */
    async begin(link: FoundLink, beginning: Beginning): Promise<Account> {
      const { workspace } = link
      // Two servers that start at the same time print a link each: the first that is used counts.
      if (!link.another && (await inhabited()).all > 0) throw refuse('ACCESS_LINK_INVALID', {})
      const used = await store.write(workspace, 'person', tx =>
        tx.db
          .updateTable('access_links')
          .set({ used_at: now() })
          .where('id', '=', link.id)
          .where('kind', '=', 'begin')
          .where('used_at', 'is', null)
          .returning('id')
          .executeTakeFirst(),
      )
      if (!used) throw refuse('ACCESS_LINK_INVALID', {})
      const known = (await workspaces.list()).includes(workspace)
      const core = known ? await workspaces.open(workspace) : await workspaces.create(workspace)
      const { passphrase, ...first } = beginning
      const { admin } = await core.call(
        contract.workspace.setup.create,
        { ...first, demo: false },
        asServer(),
      )
      const account = { workspace, person: admin }
      await signIn.setPassphrase(account, passphrase)
      return account
    },

    /**
     * Uses an invitation or a reset up.
     * @throws Refusal `ACCESS_LINK_INVALID`
     */
    async use(link: FoundLink): Promise<Account> {
      const core = await workspaces.open(link.workspace)
      const { personId } = await core.call(
        access.people.useLink,
        { linkId: link.id },
        asServer(link.person?.id ?? null),
      )
      return { workspace: link.workspace, person: personId }
    },
  }
}

export type Links = ReturnType<typeof createLinks>
