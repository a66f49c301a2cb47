import type { z } from 'zod'
import {
  ExportReply,
  FILE_NAME_HEADER,
  HostProblem,
  PATHS,
  SESSION_HEADER,
  TicketReply,
  UploadReply,
} from '#shared/browser-host-protocol.ts'
import type { Core } from './core.ts'

/** A file that the core may read or write for this page, known by its handle only. */
export interface HeldFile {
  readonly fileId: string
  readonly name: string
  readonly size: number
}

/** The host refused a file, with the code of its answer and the reference of its log. */
export class HostRefused extends Error {
  readonly code: string
  readonly reference: string | undefined
  constructor(problem: z.infer<typeof HostProblem>) {
    super(problem.message)
    this.name = 'HostRefused'
    this.code = problem.code
    this.reference = problem.reference
  }
}

async function answerOf<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return schema.parse(body)
  const problem = HostProblem.safeParse(body)
  throw new HostRefused(
    problem.success ? problem.data : { code: 'HOST_FAILED', message: `answer ${response.status}` },
  )
}

function headers(core: Core): Record<string, string> {
  return core.session === null ? {} : { [SESSION_HEADER]: core.session }
}

/**
 * Gives a dropped or chosen bill to the host: in Electron by its path, which the page does not see; in the
 * browser by its bytes, streamed to this machine's own disk.
 * @param onProgress the share of the bytes that has arrived, from 0 to 1
 */
export async function holdBill(
  core: Core,
  file: File,
  onProgress: (share: number) => void,
): Promise<HeldFile> {
  const registered = await core.desktop?.registerFile(file)
  if (registered)
    return { fileId: registered.handle, name: registered.name, size: registered.size ?? file.size }
  const reply = await upload(core, file, onProgress)
  return { fileId: reply.handle, name: reply.name, size: reply.size }
}

/** fetch does not tell how much of a body has been sent; XMLHttpRequest does. */
function upload(core: Core, file: File, onProgress: (share: number) => void): Promise<UploadReply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', PATHS.files)
    const all = { ...headers(core), [FILE_NAME_HEADER]: encodeURIComponent(file.name) }
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value)
    request.upload.onprogress = event => onProgress(event.total > 0 ? event.loaded / event.total : 0)
    request.onerror = () =>
      reject(new HostRefused({ code: 'HOST_FAILED', message: 'the upload was cut off' }))
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status })
      answerOf(response, UploadReply).then(resolve, reject)
    }
    request.send(file)
  })
}

/** Opens the host's own dialog for a bill. Null where there is none, or nothing was chosen. */
export async function chooseBill(core: Core): Promise<HeldFile | null> {
  const [chosen] = (await core.desktop?.openBillDialog()) ?? []
  return chosen ? { fileId: chosen.handle, name: chosen.name, size: chosen.size ?? 0 } : null
}

/** A place for an export: chosen in a dialog in Electron (null when cancelled), else kept by the host. */
export async function makeExportPlace(core: Core, name: string): Promise<HeldFile | null> {
  if (core.desktop) {
    const chosen = await core.desktop.saveExportDialog(name)
    return chosen ? { fileId: chosen.handle, name: chosen.name, size: 0 } : null
  }
  const response = await fetch(PATHS.exports, {
    method: 'POST',
    headers: { ...headers(core), 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  const place = await answerOf(response, ExportReply)
  return { fileId: place.handle, name: place.name, size: 0 }
}

/** Saves a finished export to the downloads of the browser. In Electron it is where the dialog said already. */
export async function downloadExport(core: Core, fileId: string): Promise<void> {
  if (core.desktop) return
  const response = await fetch(`${PATHS.exports}/${encodeURIComponent(fileId)}/ticket`, {
    method: 'POST',
    headers: headers(core),
  })
  const { url } = await answerOf(response, TicketReply)
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
