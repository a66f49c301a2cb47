import { randomBytes } from 'node:crypto'
import { type Core, createCore } from '#core/create-core.ts'
import type { Store } from '#core/database/store.ts'
import { capabilityOf, type Handler } from '#core/runtime/handlers.ts'
import { createRunner } from '#core/runtime/runner.ts'
import { uuidv7 } from '#shared/ids.ts'
import { testServices, WORKSPACE } from '#test/kit/core-kit.ts'
import { testCommands } from '#test/kit/sync-commands.ts'
import { realTimer } from '#test/kit/sync-http.ts'
import { someDeed } from '#test/simulation/deeds.ts'
import { seeded } from '#test/simulation/random.ts'
import { CURRENT } from '#test/simulation/skew.ts'
import type { Templates } from '#test/simulation/templates.ts'
import { walletCommands } from '#test/simulation/wallet.ts'

/** What there is to do in the workspace. */
export type World = Pick<Templates, 'people' | 'drafts' | 'customers'>

/** A command that somebody means to give. */
export interface Meant {
  readonly command: string
  readonly input: unknown
  readonly person: string
}

export const clock = { now: () => BigInt(Date.now()), monotonic: () => performance.now() }
export const newId = () => uuidv7(Date.now(), randomBytes(10))

/** The commands of the product and the small ones of the simulation, over the database of this process. */
export function commandsOver(store: Store): {
  core: Core
  commands: ReadonlyMap<string, Handler>
  runner: ReturnType<typeof createRunner>
} {
  const core = createCore({
    ...{ workspace: WORKSPACE, store, clock, timer: realTimer, newId },
    log: (level, message, facts) => {
      if (level === 'error') console.error(message, facts)
    },
    services: testServices(),
  })
  const commands = new Map([
    ...core.handlers,
    ...testCommands({ broken: false }),
    ...walletCommands(),
    ...CURRENT.commands,
  ])
  const runner = createRunner({
    ...{ store, workspace: WORKSPACE, commands, now: clock.now, newId },
    committed: (version, tables) => core.live.announce(version, tables),
  })
  return { core, commands, runner }
}

/** Something that one of these people could do now. */
export async function meant(
  store: Store,
  world: World,
  people: readonly string[],
  seed: number,
): Promise<Meant> {
  const machine = { store, release: CURRENT }
  const deed = await someDeed(seeded(seed), world as Templates, machine as never, people)
  return { command: capabilityOf(deed.leaf).id, input: deed.input, person: deed.person }
}
