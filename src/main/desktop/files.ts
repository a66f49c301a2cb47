import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, extname, isAbsolute } from 'node:path'
import type { BrowserWindow, Dialog } from 'electron'
import type { FromCore, ToCore } from '#shared/core-process-protocol.ts'
import type { FileHandle } from '#shared/preload-api.ts'

type Answer = Extract<FromCore, { type: 'file-granted' | 'file-refused' }>

/** How long the core may take to note a grant. */
const GRANT_WITHIN_MS = 10_000

const BILLS = [
  { name: 'Bills and usage', extensions: ['csv', 'gz', 'tsv', 'txt', 'jsonl', 'ndjson'] },
  { name: 'All files', extensions: ['*'] },
]

export interface FileServices {
  readonly dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>
  readonly send: (message: ToCore) => boolean
}

export interface Files {
  readonly openBills: (window: BrowserWindow, windowId: number) => Promise<FileHandle[]>
  /** A file that was dropped on the page, by the path that the preload script found for it. */
  readonly register: (path: string, windowId: number) => Promise<FileHandle | null>
  readonly saveExport: (window: BrowserWindow, windowId: number, name: string) => Promise<FileHandle | null>
  /** Takes the core's answers. */
  readonly receive: (answer: Answer) => void
  /** The core died: nobody will answer. */
  readonly forget: () => void
}

/**
 * Lets the core read or write a file that a person chose. The path goes to the core; the page gets a handle
 * that means nothing elsewhere, so it can name no other file.
 */
export function fileGrants({ dialog, send }: FileServices): Files {
  const waiting = new Map<string, (isGranted: boolean) => void>()

  const grant = async (path: string, mode: 'read' | 'write', window: number): Promise<string | null> => {
    const handle = randomUUID()
    const isGranted = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => settle(false), GRANT_WITHIN_MS)
      const settle = (answer: boolean): void => {
        clearTimeout(timer)
        waiting.delete(handle)
        resolve(answer)
      }
      waiting.set(handle, settle)
      if (!send({ type: 'grant-file', handle, mode, path, window })) settle(false)
    })
    return isGranted ? handle : null
  }

  const register = async (path: string, windowId: number): Promise<FileHandle | null> => {
    if (!isAbsolute(path)) return null
    const found = await stat(path).catch(() => null)
    if (found === null || !found.isFile()) return null
    const handle = await grant(path, 'read', windowId)
    return handle === null ? null : { handle, name: basename(path), size: found.size }
  }

  return {
    register,
    async openBills(window, windowId) {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open a bill',
        buttonLabel: 'Open',
        filters: BILLS,
        properties: ['openFile', 'multiSelections'],
      })
      if (canceled) return []
      const files = await Promise.all(filePaths.map(path => register(path, windowId)))
      return files.filter(file => file !== null)
    },
    async saveExport(window, windowId, name) {
      const extension = extname(name).slice(1)
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the export',
        defaultPath: basename(name),
        ...(extension === ''
          ? {}
          : { filters: [{ name: extension.toUpperCase(), extensions: [extension] }] }),
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      })
      if (canceled || filePath === '') return null
      const handle = await grant(filePath, 'write', windowId)
      return handle === null ? null : { handle, name: basename(filePath) }
    },
    receive: answer => waiting.get(answer.handle)?.(answer.type === 'file-granted'),
    forget: () => {
      for (const settle of [...waiting.values()]) settle(false)
    },
  }
}
