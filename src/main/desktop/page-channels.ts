import type { BrowserWindow, MessagePortMain, NativeTheme, WebContents } from 'electron'
import { z } from 'zod'
import { toDeepLink } from '#shared/deep-link.ts'
import { CHANNELS, type CoreState, type MenuGroup } from '#shared/preload-api.ts'
import type { Files } from './files.ts'
import type { Channels } from './ipc.ts'
import type { Windows } from './windows.ts'

const Label = z.string().min(1).max(120)
/** A capability's id, or the route of a screen. */
const ActionId = z
  .string()
  .regex(/^([a-z]+(\.[A-Za-z0-9-]+)+|(\/[a-z0-9-]+)+)$/)
  .max(100)
const Menu: z.ZodType<readonly MenuGroup[]> = z
  .array(
    z.object({
      label: Label,
      actions: z
        .array(
          z.object({
            id: ActionId,
            label: Label,
            shortcut: z.string().max(40).exactOptional(),
            enabled: z.boolean().exactOptional(),
          }),
        )
        .max(200),
    }),
  )
  .max(20)

/** A file name without a path; the dialog decides where it goes. */
const FileName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\:*?"<>|\p{Cc}]+$/u)

const Route = z
  .string()
  .refine(route => route === '/' || toDeepLink(route) !== null, 'not a route of the application')

export interface PageServices {
  readonly channels: Channels
  readonly windows: Windows
  readonly files: Files
  readonly nativeTheme: Pick<NativeTheme, 'themeSource'>
  readonly connect: (window: number, deliver: (port: MessagePortMain, generation: number) => void) => void
  readonly coreState: () => CoreState
  readonly retryCore: () => void
  readonly openExternal: (window: BrowserWindow, url: string) => Promise<boolean>
  readonly menuChanged: () => void
}

/** What a page may ask of the main process. */
export function answerPages(services: PageServices): void {
  const { channels, windows, files, nativeTheme, menuChanged } = services
  const nothing = z.null()

  const windowOf = (sender: WebContents): BrowserWindow => {
    const window = windows.of(sender)
    if (window === null) throw new Error('The window is closed')
    return window
  }

  channels.handle(CHANNELS.connect, nothing, (_input, sender) => {
    const window = windowOf(sender)
    windows.listening(window)
    sender.send(CHANNELS.coreState, services.coreState())
    services.connect(window.id, (port, generation) => sender.postMessage(CHANNELS.port, generation, [port]))
  })
  channels.handle(CHANNELS.openBill, nothing, (_input, sender) => {
    const window = windowOf(sender)
    return files.openBills(window, window.id)
  })
  channels.handle(CHANNELS.registerFile, z.string().min(1).max(32_768), (path, sender) =>
    files.register(path, windowOf(sender).id),
  )
  channels.handle(CHANNELS.saveExport, FileName, (name, sender) => {
    const window = windowOf(sender)
    return files.saveExport(window, window.id, name)
  })
  channels.handle(CHANNELS.setTheme, z.enum(['system', 'light', 'dark']), theme => {
    nativeTheme.themeSource = theme
  })
  channels.handle(CHANNELS.setMenu, Menu, (groups, sender) => {
    windows.setMenu(windowOf(sender), groups)
    menuChanged()
  })
  channels.handle(CHANNELS.openExternal, z.string().max(2000), async (url, sender) => {
    await services.openExternal(windowOf(sender), url)
  })
  channels.handle(CHANNELS.newWindow, Route, route => {
    windows.open(route)
  })
  channels.handle(CHANNELS.retryCore, nothing, () => services.retryCore())
}
