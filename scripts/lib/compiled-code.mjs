import module from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Keeps what Node compiles, so that the next start has it at once, in all threads. It lies within the checkout: in
 * a folder for temporary files, others could put code there. Where it cannot be written, starts are slower.
 */
export function keepCompiledCode() {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/quarterdeck-compiled', import.meta.url))
  module.enableCompileCache?.(folder)
  process.env.NODE_COMPILE_CACHE ??= folder
}
