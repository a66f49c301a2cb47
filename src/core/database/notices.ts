import pg from 'pg'

export interface NoticesParts {
  readonly url: string
  readonly channel: string
  /** Is given what any server of the database says, this one too. */
  readonly heard: (text: string) => void
  /** Something may have been said that we did not hear. */
  readonly missed: () => void
  readonly onFailure: (error: unknown) => void
  /** Calls again after so many milliseconds. */
  readonly after: (milliseconds: number, call: () => void) => () => void
}

/** What servers of one PostgreSQL database tell each other. Nothing is kept: who is not there does not hear it. */
export interface Notices {
  /** @param text at most 7,900 bytes */
  say(text: string): void
  close(): Promise<void>
}

const PAUSE = 1000

/** Listens on a session of its own, which is made again when it breaks. */
export async function openNotices(parts: NoticesParts): Promise<Notices> {
  const { url, channel } = parts
  let client: pg.Client | null = null
  let closed = false
  let cancel = () => {}

  async function connect(): Promise<void> {
    const made = new pg.Client({
      connectionString: url,
      application_name: 'quarterdeck news',
      keepAlive: true,
      pipeline: true,
    })
    let over = false
    const end = (error?: unknown) => {
      if (over) return
      over = true
      if (client === made) client = null
      if (closed) return
      if (error) parts.onFailure(error)
      made.end().catch(() => {})
      cancel = parts.after(PAUSE, () => void connect().then(parts.missed, parts.onFailure))
    }
    made.on('error', end)
    made.on('end', () => end())
    made.on('notification', ({ payload }) => parts.heard(payload ?? ''))
    try {
      await made.connect()
      // What is told is on the disk already; telling it need not wait for the disk.
      await made.query('SET synchronous_commit = off')
      await made.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
      client = made
    } catch (error) {
      end(error)
    }
  }

  await connect()
  return {
    say(text) {
      client?.query('SELECT pg_notify($1, $2)', [channel, text]).catch(parts.onFailure)
    },
    async close() {
      closed = true
      cancel()
      await client?.end().catch(() => {})
    },
  }
}
