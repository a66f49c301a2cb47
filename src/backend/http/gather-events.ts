import type { OutputOf } from '#core/runtime/handlers.ts'
import type { contract } from '#shared/contract/index.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Principal } from '../identity/principal.ts'

/*
 * A command costs a server some milliseconds, an event in one some microseconds. So events that a program sends one by
 * one, without waiting for each, are recorded together: the first is on its way at once, and whatever comes until it is
 * committed is the next command. Each request is answered as if it had been alone, after the commit that holds its
 * events.
 */

type Recorded = OutputOf<typeof contract.billing.usage.record>
type Events = readonly unknown[]
type Record = (events: Events) => Promise<unknown>

/** Records events of requests of one principal together. */
export interface Gathering {
  /**
   * @param record records events by one command, all or none, in the name of this principal
   * @throws Refusal what the events of this request are refused for, and nothing of others
   */
  record(principal: Principal, events: Events, record: Record): Promise<unknown>
}

interface Waiting {
  readonly events: Events
  readonly record: Record
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A request with more events than these is a batch, which gains nothing by waiting. */
const FEW = 20
/** Events of one command. */
const MOST = 500
/** Whether an input of `billing.usage.record` holds so few events that others may be recorded with them. */
export function isFew(input: unknown): input is { readonly events: Events } {
  const { events } = (input ?? {}) as { events?: unknown }
  return Array.isArray(events) && events.length > 0 && events.length <= FEW
}

/** The gathering of one server. */
export function createGathering(): Gathering {
  /** Of each principal who has a command under way: those who wait for the next. */
  const lines = new Map<string, Waiting[]>()

  // One command of a principal at a time: two, one of which waits for the disk, cost half as much again and win nothing.
  async function work(key: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) await recordTogether(take(line))
    lines.delete(key)
  }

  return {
    record: (principal, events, record) =>
      new Promise((resolve, reject) => {
        const { workspace, kind, person, session, device } = principal
        const key = [workspace, kind, person, session, device].join('/')
        const asked = { events, record, resolve, reject }
        const line = lines.get(key)
        if (line) {
          line.push(asked)
          return
        }
        const fresh = [asked]
        lines.set(key, fresh)
        void work(key, fresh)
      }),
  }
}

/** Those who waited longest, as far as one command holds their events. */
function take(waiting: Waiting[]): Waiting[] {
  let events = 0
  let count = 0
  while (count < waiting.length && events + waiting[count]!.events.length <= MOST)
    events += waiting[count++]!.events.length
  return waiting.splice(0, count)
}

/** Never rejects: each request hears what became of its own events. */
async function recordTogether(requests: readonly Waiting[]): Promise<void> {
  const [first] = requests as readonly [Waiting]
  if (requests.length === 1) return recordAlone(first)
  try {
    const answer = (await first.record(requests.flatMap(({ events }) => events))) as Recorded
    let from = 0
    for (const { events, resolve } of requests) {
      resolve(shareOf(answer, from, events.length))
      from += events.length
    }
  } catch (error) {
    // One of them was refused, and with it all: who is to hear of it shows when each is recorded alone.
    if (isRefusal(error)) await Promise.all(requests.map(recordAlone))
    else for (const { reject } of requests) reject(error)
  }
}

function recordAlone({ events, record, resolve, reject }: Waiting): Promise<void> {
  return record(events).then(resolve, reject)
}

/** What became of the events of one request, of what became of all. */
function shareOf({ places }: Recorded, from: number, length: number): Recorded {
  const own = (all: readonly number[] = []) =>
    all.flatMap(place => (place >= from && place < from + length ? [place - from] : []))
  const duplicates = own(places?.duplicates)
  const late = own(places?.late)
  return {
    ...{ stored: length - duplicates.length, duplicates: duplicates.length, late: late.length },
    ...(duplicates.length + late.length > 0 ? { places: { duplicates, late } } : {}),
  }
}
