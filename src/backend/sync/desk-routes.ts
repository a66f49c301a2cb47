import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Store } from '#core/database/store.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import type { Desk } from '#core/sync/desk.ts'
import { scopesOfPeople } from '#core/sync/scopes.ts'
import { Received, TableDigests, UploadedRows } from '#core/sync/upload-wire.ts'
import { Bytes, decode } from '#core/sync/wire.ts'
import type { PartialFiles } from '#serving/files/partial-files.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { type Id, idFromCommand } from '#shared/ids.ts'
import { mayUse, type Role } from '#shared/permissions.ts'
import { type Asking, send } from './messages.ts'

export interface DeskRoutesParts {
  /** The database of all workspaces. */
  readonly store: Pick<Store, 'read'>
  /** Files that come in parts to a workspace. */
  readonly files: (workspace: Id) => PartialFiles
  readonly asking: (request: FastifyRequest) => Promise<Asking>
}

const Call = z.object({
  capability: z.string().max(200),
  input: z.unknown(),
  person: z.uuid().nullable(),
})
const File = z.object({
  handle: z.uuid(),
  name: z.string().max(1000),
  size: z.bigint().min(0n),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
const Part = File.extend({ from: z.bigint(), bytes: Bytes })
const WantedDocument = z.object({ id: z.uuid() })

/** The ordinal of the command that notes an upload, far from those of a command's rows. */
const NOTED = 2_000_000

/** What desks ask beside the protocol of rows and commands: questions of the authority, files, an upload. */
export function deskRoutes(app: FastifyInstance, parts: DeskRoutesParts): void {
  const post = <T>(path: string, schema: z.ZodType<T>, answer: (of: Asking, said: T) => Promise<unknown>) =>
    app.post(path, async (request, reply) => {
      const of = await parts.asking(request)
      if (of.desk.revoked) throw refuse('ACCESS_DEVICE_REVOKED', { deviceId: of.desk.id })
      return send(request, reply, await answer(of, decode(schema, request.body as Uint8Array)))
    })

  post('/call', Call, async ({ core, desk }, { capability, input, person }) => {
    const handler = core.handlers.get(capability)
    if (!handler || !capabilityOf(handler.leaf).remote)
      throw refuse('WORKSPACE_NOT_FOUND', { entity: 'capability', id: capability })
    if (person !== null && !desk.people.includes(person)) throw refuse('SYNC_NOT_YOURS', { person })
    const caller = { person, device: desk.id, assurance: 'unattested', vouched: true } as const
    return { value: (await core.callById(capability, input, caller)) ?? null }
  })

  post('/document', WantedDocument, async ({ core, desk }, { id }) => {
    const found = await parts.store.read(core.workspace, async reader => {
      const scopes = await scopesOfPeople(reader, desk.people)
      if (!scopes.includes('finance')) return undefined
      return reader.db.selectFrom('documents').selectAll().where('id', '=', id).executeTakeFirst()
    })
    if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'document', id })
    const { entity, row_id: rowId, file_name: fileName, media_type: mediaType, digest, bytes } = found
    return { entity, rowId, fileName, mediaType, digest, bytes, createdAt: found.created_at }
  })

  post('/files/state', File, async ({ core }, file) => {
    const files = parts.files(core.workspace)
    const state = files.stateOf(file)
    return file.size === 0n && !state.whole ? files.empty(file) : state
  })
  post('/files/part', Part, ({ core }, { from, bytes, ...file }) =>
    parts.files(core.workspace).append(file, from, bytes),
  )

  app.get('/workspace', async (request, reply) => {
    const { core } = await parts.asking(request)
    const { name } = await parts.store.read(core.workspace, reader =>
      reader.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow(),
    )
    return send(request, reply, { empty: await core.uploads.isEmpty(), name })
  })
  post('/upload/missing', TableDigests, async (of, tables) => {
    await demandAdmin(parts, of)
    return of.core.uploads.missing(tables)
  })
  post('/upload/rows', UploadedRows, async (of, { first, ...page }) => {
    await demandAdmin(parts, of)
    await of.core.uploads.take(page, first)
    return {}
  })
  post('/upload/finish', Received, async (of, received) => {
    await demandAdmin(parts, of)
    await of.core.uploads.finish(received)
    const { origin, last, head } = received
    await of.core.call(
      contract.sync.connection.received,
      { origin, last, head, device: of.desk.id },
      {
        person: null,
        device: of.desk.id,
        assurance: 'system',
        system: true,
        commandId: idFromCommand(last, NOTED),
      },
    )
    return {}
  })
}

/** What a workspace is to hold is decided by an admin of it. */
async function demandAdmin(
  { store }: DeskRoutesParts,
  { core, desk }: { readonly core: { readonly workspace: Id }; readonly desk: Desk },
): Promise<void> {
  const rows =
    desk.people.length === 0
      ? []
      : await store.read(core.workspace, reader =>
          reader.db
            .selectFrom('people')
            .select('roles')
            .where('id', 'in', desk.people)
            .where('active', '=', 1n)
            .execute(),
        )
  if (!rows.some(row => mayUse(fromCanonical<Role[]>(row.roles), [])))
    throw refuse('SYNC_NOT_ADMIN', {}, 'Only an admin may upload a workspace.')
}
