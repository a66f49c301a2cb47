import type { Tx } from './store.ts'

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

/** Gives a lease back, where it is still one's own. */
export async function giveLease(tx: Tx, name: string, holder: string): Promise<void> {
  await tx.run('UPDATE leases SET until = 0 WHERE workspace = $1 AND name = $2 AND holder = $3', [
    tx.workspace,
    name,
    holder,
  ])
}
