import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './build.ts'
import { findElectron } from './electron-runtime.ts'
import { root, run } from './run.ts'

const HELP = `npm run package -- [electron-builder's options]

Builds Quarterdeck and packs it for this system into dist/ (AppImage and deb, dmg and zip, or nsis).

  --dir              the unpacked directory only
  --linux --mac --win, --x64 --arm64, -c.<option>=<value>   as electron-builder has them
`

/** `npm run package`. Uses the installed runtime where there is one; otherwise electron-builder fetches it. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP)
    return 0
  }
  if (!(await ensureBuilt(line => console.log(line)))) return 1
  const dist = join(root, 'node_modules/electron/dist')
  const found = findElectron(join(root, 'node_modules/electron'), process.env)
  const isLocal = 'path' in found && existsSync(dist) && !args.some(arg => arg.startsWith('-c.electronDist'))
  if ('missing' in found) console.log(`Packing with a downloaded runtime, because ${found.missing}.`)
  const local = isLocal ? [`-c.electronDist=${dist}`] : []
  return (await run('electron-builder', ['--publish', 'never', ...local, ...args])).code
}
