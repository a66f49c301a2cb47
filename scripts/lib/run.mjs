import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, with a trailing separator. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

const bin = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))

/** The environment of every child: the tools of the project first, so that `node` is the bundled one. */
export function environment(extra = {}) {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/**
 * Runs a program of `node_modules/.bin` (or of the system) with its output passed on.
 * @returns exit code, and what it wrote when `capture` is set
 */
export function run(command, args, { capture = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    })
    let output = ''
    child.stdout?.on('data', chunk => (output += chunk))
    child.stderr?.on('data', chunk => (output += chunk))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })
}
