import { app, Menu, nativeImage, Tray } from 'electron'
import type { Counts } from '#shared/core-process-protocol.ts'
import { badgeCount, type TrayCommands, trayTemplate, trayTooltip } from './tray.ts'

export interface StatusIcon {
  readonly setWorkspace: (name: string) => void
  readonly setCounts: (counts: Counts) => void
}

/** The tray icon and the application's badge. Held by the caller, because a collected tray icon vanishes. */
export function statusIcon(image: string, commands: TrayCommands): StatusIcon {
  const tray = new Tray(nativeImage.createFromPath(image))
  let workspace: string | null = null
  let counts: Counts | null = null

  const draw = (): void => {
    tray.setToolTip(trayTooltip(workspace, counts))
    tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(counts, commands)))
  }
  tray.on('click', () => commands.show(null))
  draw()
  return {
    setWorkspace(name) {
      workspace = name
      draw()
    },
    setCounts(next) {
      counts = next
      app.setBadgeCount(badgeCount(next))
      draw()
    },
  }
}
