import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

export type LogLevel = 'info' | 'warn' | 'error'

/** Where hosts and core write what is not for people. It has the shape that the core asks for. */
export type LogLine = (level: LogLevel, message: string, facts?: Record<string, unknown>) => void

/** A log of JSON lines that is closed in the end. Writing to it never throws. */
export interface FileLog {
  readonly write: LogLine
  readonly path: string
  close(): void
}

export interface FileLogOptions {
  readonly dir: string
  readonly name: string
  /** ISO 8601. */
  readonly now: () => string
  /** Facts that go on every line, such as host, version and process. */
  readonly facts?: Record<string, unknown>
  readonly maxBytes?: number
  /** How many full files are kept beside the one that is written. */
  readonly keep?: number
  /** Is also given every line, for a host that shows them. */
  readonly also?: (line: string) => void
}

/** Names of members whose values never reach a log. */
const SECRET =
  /(secret|passphrase|password|token|recovery_?key|private|authorization|cookie|credential|session)|^key$/i
/** What looks like a secret inside a text: the fragment of a sign-in address, raw database keys. */
const SECRET_TEXT = /(token=|raw:|key=['"]?|Bearer )[A-Za-z0-9+/_=-]{16,}/g
const LONGEST_TEXT = 4000
const DEEPEST = 6

/**
 * Opens `<name>.log` in a folder, mode 0600, rotated to `<name>.1.log` … by size. A full disk or a folder that
 * vanished loses lines and nothing else.
 */
export function openFileLog(options: FileLogOptions): FileLog {
  const { dir, name, now, facts = {}, maxBytes = 5 * 1024 * 1024, keep = 4, also } = options
  const at = (number: number) => join(dir, number === 0 ? `${name}.log` : `${name}.${number}.log`)
  let file: number | undefined
  let size = 0

  function open(): number {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const opened = openSync(at(0), 'a', 0o600)
    size = fstatSync(opened).size
    return opened
  }

  function rotate(): void {
    if (file !== undefined) closeSync(file)
    file = undefined
    rmSync(at(keep), { force: true })
    for (let number = keep - 1; number >= 0; number--) {
      try {
        renameSync(at(number), at(number + 1))
      } catch {
        // There are fewer than `keep` of them yet.
      }
    }
  }

  return {
    path: at(0),
    write(level, message, more) {
      const line = `${JSON.stringify({ at: now(), level, message: clean(message, 0), ...facts, ...(clean(more ?? {}, 0) as object) })}\n`
      also?.(line)
      try {
        if (size + line.length > maxBytes && size > 0) rotate()
        file ??= open()
        size += writeSync(file, line)
      } catch {
        // Nowhere to say it: the disk is full or the folder is gone.
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

/** Makes any value fit for a line of the log: no secrets, no bytes, no endless texts. */
function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') {
    const text = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
    return text.replace(SECRET_TEXT, '$1[secret]')
  }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Error)
    return clean({ name: value.name, code: (value as { code?: unknown }).code, stack: value.stack }, depth)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (depth >= DEEPEST) return '[…]'
  if (Array.isArray(value)) return value.slice(0, 100).map(item => clean(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name) ? '[secret]' : clean(member, depth + 1),
    ]),
  )
}

/** One line of a log, read back. */
export interface LogEntry {
  readonly at: string
  readonly level: string
  readonly message: string
  readonly facts: Record<string, unknown>
}

/** The last lines of a log over its newest two files, the newest first. What is not a line of ours is left out. */
export function readLog(dir: string, name: string, limit: number): LogEntry[] {
  const entries: LogEntry[] = []
  for (const file of [`${name}.log`, `${name}.1.log`]) {
    let text: string
    try {
      text = readFileSync(join(dir, file), 'utf8')
    } catch {
      continue
    }
    const lines = text.split('\n').reverse()
    for (const line of lines) {
      if (entries.length >= limit) return entries
      const entry = parseLine(line)
      if (entry) entries.push(entry)
    }
  }
  return entries
}

function parseLine(line: string): LogEntry | undefined {
  try {
    const { at, level, message, ...facts } = JSON.parse(line)
    return typeof at === 'string' && typeof message === 'string'
      ? { at, level: String(level), message, facts }
      : undefined
  } catch {
    return undefined
  }
}
