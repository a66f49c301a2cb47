import type { FastifyReply } from 'fastify'
import type { Core, Log } from '#core/create-core.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Id } from '#shared/ids.ts'
import { type Announcer, createAnnouncer } from './announcer.ts'

/** A line that says nothing, so that neither side takes silence for a lost connection; in milliseconds. */
const HEARTBEAT = 15_000

/** The streams of announcements of all workspaces, as Server-Sent Events. */
export function createAnnouncers({ timer, log }: { readonly timer: Timer; readonly log: Log }) {
  const byWorkspace = new Map<Id, { core: Core; announcer: Announcer }>()
  const open = new Set<() => void>()

  function announcerOf(core: Core): Announcer {
    const known = byWorkspace.get(core.workspace)
    // A workspace that was closed and opened again has another core.
    if (known?.core === core) return known.announcer
    known?.announcer.close()
    const announcer = createAnnouncer({
      live: core.live,
      version: core.version,
      timer,
      onFailure: error => log('warn', 'the version of a workspace could not be read', { error }),
    })
    byWorkspace.set(core.workspace, { core, announcer })
    return announcer
  }

  return {
    /**
     * Keeps a reply open and tells it versions.
     * @param still throws when the desk may not listen any more; asked with every heartbeat
     */
    follow(core: Core, reply: FastifyReply, still: () => Promise<void>): void {
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Proxies that gather what they pass on would make an announcement late.
        'x-accel-buffering': 'no',
      })
      raw.flushHeaders()
      raw.socket?.setNoDelay(true)
      const unfollow = announcerOf(core).follow(version => {
        raw.write(`id: ${version}\ndata: ${version}\n\n`)
      })
      let stopBeat = () => {}
      const beat = () => {
        stopBeat = timer.after(HEARTBEAT, () => {
          raw.write(':\n\n')
          still().then(beat, end)
        })
      }
      const end = () => {
        if (!open.delete(end)) return
        unfollow()
        stopBeat()
        raw.end()
      }
      open.add(end)
      beat()
      raw.once('close', end)
      raw.once('error', end)
    },
    /** How many desks listen. */
    count: () => open.size,
    close() {
      for (const end of [...open]) end()
      for (const { announcer } of byWorkspace.values()) announcer.close()
      byWorkspace.clear()
    },
  }
}
