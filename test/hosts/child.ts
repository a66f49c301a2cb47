import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that a test started, with what it says line by line. */
export interface TestChild {
  readonly process: ChildProcess
  readonly pid: number
  /** Resolves with the first line (so far or to come) that matches. */
  line(pattern: RegExp): Promise<string>
  /** Everything on standard error so far. */
  stderr(): string
  kill(signal?: NodeJS.Signals): Promise<number | null>
  exit(): Promise<number | null>
}

/** Starts a TypeScript file of `test/hosts` with this Node. */
export function startChild(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): TestChild {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let errors = ''
  const wake = () => {
    for (const check of waiting) check()
  }
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    wake()
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const exited = once(child, 'close').then(([code]) => {
    wake()
    return code as number | null
  })
  return {
    process: child,
    pid: child.pid!,
    stderr: () => errors,
    line: pattern =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find(line => pattern.test(line))
          if (found !== undefined) resolve(found)
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`${file} ended without saying ${pattern}: ${errors}`))
          else return
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
    kill(signal = 'SIGKILL') {
      child.kill(signal)
      return exited
    },
    exit: () => exited,
  }
}
