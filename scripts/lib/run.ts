import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, with a trailing separator. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

const bin = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))

/** The environment of every child: the tools of the project first, so that `node` is the bundled one. */
export function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

export interface RunOptions {
  readonly capture?: boolean
  readonly env?: Record<string, string>
  readonly cwd?: string
}

/**
 * Runs a program of `node_modules/.bin` (or of the system) with its output passed on.
 * @returns exit code, and what it wrote when `capture` is set
 */
export function run(
  command: string,
  args: readonly string[],
  { capture = false, env = {}, cwd = root }: RunOptions = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(env),
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })
}
