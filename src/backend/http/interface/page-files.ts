import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openForDownload, type StagedFiles } from '#serving/files/staged-files.ts'
import type { Tickets } from '#serving/files/tickets.ts'
import { ExportRequest, FILE_NAME_HEADER, type HostProblem, PATHS } from '#shared/browser-host-protocol.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'

export interface PageFilesParts {
  /** The files of a workspace; null where this server keeps none. */
  readonly files: (workspace: Id) => Promise<StagedFiles | null>
  readonly tickets: Tickets
}

/** Uploads and downloads of pages that are signed in, as the browser host takes and gives them. */
export function pageFiles(app: FastifyInstance, { files, tickets }: PageFilesParts): void {
  // Bytes of files are streamed to the disk and never held; an exports' name comes as JSON.
  app.addContentTypeParser('*', (_, __, done) => done(null))

  async function filesOf({ principal }: FastifyRequest): Promise<{ workspace: Id; staged: StagedFiles }> {
    const staged = principal && (await files(principal.workspace))
    if (!principal || !staged) throw refuse('FILE_UNKNOWN', {}, 'This server keeps no files of pages.')
    return { workspace: principal.workspace, staged }
  }

  app.post(PATHS.files, async request => {
    const { staged } = await filesOf(request)
    const announced = Number(request.headers['content-length'] ?? 0)
    return staged.upload(nameOf(request), request.raw, announced)
  })

  app.delete<{ Params: { handle: string } }>(`${PATHS.files}/:handle`, async request => {
    const { staged } = await filesOf(request)
    staged.release(request.params.handle)
    return {}
  })

  app.post(PATHS.exports, async request => {
    const { staged } = await filesOf(request)
    const asked = ExportRequest.safeParse(request.body)
    if (!asked.success) throw refuse('HTTP_BODY_INVALID', {}, 'An export has a name.')
    const { handle, name } = staged.forExport(asked.data.name)
    return { handle, name }
  })

  app.post<{ Params: { handle: string } }>(`${PATHS.exports}/:handle/ticket`, async request => {
    const { workspace, staged } = await filesOf(request)
    const { handle } = request.params
    staged.find(handle, 'write')
    return { url: `${PATHS.download}/${tickets.issue(`${workspace}/${handle}`)}` }
  })

  app.get<{ Params: { ticket: string } }>(`${PATHS.download}/:ticket`, async (request, reply) => {
    const { workspace, staged } = await filesOf(request)
    const [of, handle] = tickets.take(request.params.ticket)?.split('/') ?? []
    const facts = of === workspace && handle ? staged.find(handle, 'write') : null
    const file = facts && openForDownload(facts)
    if (!facts || !file) throw refuse('FILE_UNKNOWN', {}, 'This download was begun already, or is too old.')
    return reply
      .header('content-length', file.size)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(facts.name)}`)
      .header('cache-control', 'no-store')
      .type('application/octet-stream')
      .send(file.stream())
  })
}

/** What a page is told of a failure, in the words that it knows. */
export function hostProblemOf(error: unknown): { status: number; problem: HostProblem } | null {
  if (!isRefusal(error)) return null
  const { code, message } = error
  if (code === 'FILE_DISK_FULL') return { status: 507, problem: { code: 'HOST_DISK_FULL', message } }
  if (code.startsWith('FILE_')) return { status: 404, problem: { code: 'HOST_NOT_FOUND', message } }
  if (code === 'ACCESS_ORIGIN') return { status: 403, problem: { code: 'HOST_ORIGIN_REFUSED', message } }
  if (code.startsWith('ACCESS_')) return { status: 401, problem: { code: 'HOST_SESSION_INVALID', message } }
  if (code.startsWith('HTTP_BODY')) return { status: 400, problem: { code: 'HOST_BODY_INVALID', message } }
  return null
}

function nameOf(request: FastifyRequest): string {
  const name = request.headers[FILE_NAME_HEADER]
  try {
    return decodeURIComponent(typeof name === 'string' ? name : 'file')
  } catch {
    throw refuse('HTTP_BODY_INVALID', {}, 'The name of the file is not encoded as it should be.')
  }
}
