import { z } from 'zod'
import type { Core, Log } from '#core/create-core.ts'
import { type Notices, openNotices } from '#core/database/notices.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Id } from '#shared/ids.ts'

export interface NewsParts {
  readonly url: string
  /** This run of this server. */
  readonly holder: string
  readonly timer: Timer
  readonly log: Log
  readonly opened: () => ReadonlyMap<Id, Core>
}

/** Tells other servers of the database what was committed here, and cores here what was committed there. */
export interface News {
  /** Follows the commits of a core. */
  follow(core: Core): void
  close(): Promise<void>
}

const CHANNEL = 'quarterdeck'
/** Commits of so many milliseconds are told together. */
const GATHER = 20

const Said = z.object({
  from: z.string(),
  workspace: z.string(),
  version: z.string().regex(/^-?\d+$/),
  tables: z.array(z.string()),
})

/**
 * Commits are announced between servers after they happened: whoever hears of one asks the database. A server that
 * was cut off takes everything that it keeps in memory for out of date.
 */
export async function openNews(parts: NewsParts): Promise<News> {
  const { holder, timer, log } = parts
  const waiting = new Map<Id, { version: bigint; tables: Set<string> }>()
  // What another server said is announced here as a commit too, and must not go round in circles.
  let hearing = false
  let cancel: (() => void) | null = null

  function tell(): void {
    cancel = null
    for (const [workspace, { version, tables }] of waiting)
      notices.say(JSON.stringify({ from: holder, workspace, version: String(version), tables: [...tables] }))
    waiting.clear()
  }

  function hear(core: Core, tables: Iterable<string> | null, version: bigint): void {
    hearing = true
    try {
      core.heard(tables, version)
    } finally {
      hearing = false
    }
  }

  const notices: Notices = await openNotices({
    url: parts.url,
    channel: CHANNEL,
    heard(text) {
      const said = Said.safeParse(parsed(text))
      if (!said.success || said.data.from === holder) return
      const core = parts.opened().get(said.data.workspace)
      if (core) hear(core, said.data.tables, BigInt(said.data.version))
    },
    missed() {
      for (const core of parts.opened().values()) hear(core, null, 0n)
    },
    onFailure: error => log('warn', 'other servers are not heard', { error }),
    after: timer.after,
  })

  return {
    follow(core) {
      core.live.watch((tables, version) => {
        if (hearing) return
        const gathered = waiting.get(core.workspace) ?? { version, tables: new Set<string>() }
        for (const table of tables) gathered.tables.add(table)
        if (version > gathered.version) gathered.version = version
        waiting.set(core.workspace, gathered)
        cancel ??= timer.after(GATHER, tell)
      })
    },
    async close() {
      cancel?.()
      tell()
      await notices.close()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
