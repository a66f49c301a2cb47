import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/**
 * An empty PGlite database. Making one takes seconds, so what the first start of this version made is kept
 * beside the installed packages and unpacked from then on.
 */
export async function emptyPglite(): Promise<PGlite> {
  const manifest = join(modules, '@electric-sql', 'pglite', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const folder = join(modules, '.cache', 'quarterdeck')
  const kept = join(folder, `pglite-${version}.tar`)
  if (existsSync(kept)) {
    try {
      return await PGlite.create({ loadDataDir: new Blob([readFileSync(kept)]) })
    } catch {
      // Not whole, or not readable by this version: make it anew.
      rmSync(kept, { force: true })
    }
  }
  const made = await PGlite.create()
  const dump = await made.dumpDataDir('none')
  mkdirSync(folder, { recursive: true })
  // Several test files start at once: each writes its own, and the last one stays.
  const own = `${kept}.${process.pid}`
  writeFileSync(own, new Uint8Array(await dump.arrayBuffer()))
  renameSync(own, kept)
  return made
}
