import { join } from 'node:path'
import { app } from 'electron'
import { runCommandLine } from './desktop/command-line.ts'
import { runDesktop } from './desktop/desktop.ts'
import { parseLaunch } from './desktop/launch.ts'

const here = import.meta.dirname
const out = join(here, '..')
const resources = join(out, '../resources')

const launch = parseLaunch(process.argv, process.defaultApp === true)
const running =
  launch.kind === 'cli'
    ? runCommandLine(join(here, 'cli.js'), launch.args)
    : runDesktop({
        parts: {
          coreProcess: join(here, 'core-process.js'),
          preload: join(out, 'preload/index.cjs'),
          unlockPreload: join(out, 'preload/unlock.cjs'),
          renderer: join(out, 'renderer'),
          icon: join(resources, 'icons/256x256.png'),
          trayIcon: join(
            resources,
            process.platform === 'darwin' ? 'tray/trayTemplate.png' : 'tray/tray.png',
          ),
        },
        workspaceDir: launch.workspaceDir,
        route: launch.route,
      })

running.catch((error: unknown) => {
  console.error(error)
  app.exit(1)
})
