import { Socket } from 'node:net'
import type { BrowserContext } from '@playwright/test'

/** What somebody tried to reach besides this machine. */
export interface NoNetwork {
  readonly tried: readonly string[]
  /** Gives the network back. */
  restore(): void
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

interface Target {
  readonly host?: string
  readonly path?: string
  readonly port?: number
}

/**
 * Takes the network away: pages reach the origin of their host and nothing else, and the host, which runs in
 * this process, reaches this machine and nothing else. What is tried all the same fails and is told.
 */
export async function takeNetworkAway(context: BrowserContext, origin: string): Promise<NoNetwork> {
  const tried: string[] = []
  await context.route(
    url => url.origin !== origin && /^(https?|wss?):$/.test(url.protocol),
    route => {
      tried.push(route.request().url())
      return route.abort('internetdisconnected')
    },
  )
  const connect = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const given = (Array.isArray(args[0]) ? args[0][0] : args[0]) as Target | undefined
    const host = typeof given === 'object' ? given?.host : undefined
    if (typeof given === 'object' && given.path === undefined && host !== undefined && !LOOPBACK.has(host)) {
      tried.push(`${host}:${given.port}`)
      this.destroy(Object.assign(new Error('the network is off'), { code: 'ENETUNREACH' }))
      return this
    }
    return Reflect.apply(connect, this, args) as Socket
  } as typeof connect
  return {
    tried,
    restore: () => {
      Socket.prototype.connect = connect
    },
  }
}
