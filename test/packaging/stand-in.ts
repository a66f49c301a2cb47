/**
 * What runs where Electron's binary would, in a directory that looks like Electron's: it takes the packed
 * archive apart, as Electron would read it, and runs its main entry under Node with the double of Electron.
 * Arguments: the path of the binary, then its own arguments.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { extractAll } from '@electron/asar'
import { makeElectron } from '../desktop/electron-double.ts'

const [, , binary, ...args] = process.argv as [string, string, string, ...string[]]
const directory = mkdtempSync(join(tmpdir(), 'quarterdeck-stand-in-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
const app = join(directory, 'app')
extractAll(join(dirname(binary), 'resources/app.asar'), app)

const double = makeElectron({
  userData: join(directory, 'user-data'),
  isPackaged: true,
  backend: 'basic_text',
})
double.app.exit = code => process.exit(code)
// As Electron does, from the packed manifest.
const { version } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as { version: string }
double.app.getVersion = () => version
Object.assign(globalThis, { quarterdeckDouble: double.electron })
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: 'quarterdeck-double:electron', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'quarterdeck-double:electron'
      ? {
          format: 'module',
          source: `export const { ${Object.keys(double.electron).join(', ')} } = globalThis.quarterdeckDouble`,
          shortCircuit: true,
        }
      : next(url, context),
})
process.argv = [binary, ...args]
double.becomeReady()
await import(pathToFileURL(join(app, 'out/main/index.js')).href)
