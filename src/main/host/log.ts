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
import { type LogLine, logLine } from '#serving/log-line.ts'

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
      const line = logLine(now(), level, message, { ...facts, ...more })
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
