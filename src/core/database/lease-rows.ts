import type { Store, Tx } from './store.ts'

/** The clock of the database, which is one for all its servers; milliseconds since the epoch. */
const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/**
 * Takes a lease that nobody holds, or keeps one's own for longer. PostgreSQL only: on SQLite there is one process.
 * @param milliseconds how long it holds from now on
 * @returns its epoch, or null while another holds it
 */
export async function takeLease(
  tx: Tx,
  name: string,
  holder: string,
  milliseconds: number,
): Promise<bigint | null> {
  const [row] = await tx.raw<{ epoch: bigint }>(
    `INSERT INTO leases AS l (workspace, name, holder, epoch, until)
      VALUES ($1, $2, $3, 1, ${NOW} + $4::bigint)
      ON CONFLICT (workspace, name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
        epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END
      WHERE l.holder = excluded.holder OR l.until <= ${NOW}
      RETURNING epoch`,
    [tx.workspace, name, holder, BigInt(milliseconds)],
  )
  return row?.epoch ?? null
}

/** Another has the lease: what was begun under it must not be stored any more. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease ${name} is held by another`)
    this.name = 'LeaseLost'
  }
}

/**
 * Fences a transaction: it is done only where the lease is still this holder's, of this epoch, and nobody else takes
 * it before the transaction has ended. Whoever takes it then sees all that was done under it.
 * @throws LeaseLost
 */
export async function mustHoldLease(tx: Tx, name: string, holder: string, epoch: bigint): Promise<void> {
  const [row] = await tx.raw(
    'SELECT epoch FROM leases WHERE workspace = $1 AND name = $2 AND holder = $3 AND epoch = $4 FOR SHARE',
    [tx.workspace, name, holder, epoch],
  )
  if (!row) throw new LeaseLost(name)
}

/**
 * A store whose writes are fenced: each is done only while the work that it belongs to is this process's.
 * @param fence throws `LeaseLost` in a transaction where that is another one by now
 */
export function fencedStore(store: Store, fence: (tx: Tx) => Promise<void>): Store {
  return {
    ...store,
    read: (workspace, work) => store.read(workspace, work),
    write: (workspace, urgency, work, together) =>
      store.write(
        workspace,
        urgency,
        async tx => {
          await fence(tx)
          return work(tx)
        },
        together,
      ),
  }
}

/** Gives a lease back, where it is still one's own. */
export async function giveLease(tx: Tx, name: string, holder: string): Promise<void> {
  await tx.run('UPDATE leases SET until = 0 WHERE workspace = $1 AND name = $2 AND holder = $3', [
    tx.workspace,
    name,
    holder,
  ])
}
