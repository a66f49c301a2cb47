import { z } from 'zod'
import type { Assurance, Caller } from '#core/runtime/handlers.ts'
import { refuse } from '#shared/errors.ts'
import { RPC_HEADERS } from '#shared/rpc-headers.ts'

const Said = z.object({
  person: z.uuid().optional(),
  proof: z.string().min(1).max(200).optional(),
  command: z.uuid().optional(),
  at: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(BigInt)
    .optional(),
})

/** Who is at the other end of a connection. */
export interface Peer {
  /** Names the device in the command log, such as `browser:4f2a` or `cli:ada@desk`. */
  readonly device: string
  /** Whom calls are made as that name nobody: the person of `--as`. */
  readonly person?: string | undefined
  /** Their proof, where they have a passphrase. */
  readonly proof?: string | undefined
  readonly assurance?: Assurance
}

/**
 * Makes the caller of each call from what the client says in its headers. A person is believed but not
 * attested here: nobody unlocked a key of theirs.
 * @throws Refusal `WORKSPACE_BAD_INPUT` for headers that are not of the agreed form
 */
export function callerOf(peer: Peer): (headers: Readonly<Record<string, string | undefined>>) => Caller {
  return headers => {
    const said = Said.safeParse({
      person: headers[RPC_HEADERS.person],
      proof: headers[RPC_HEADERS.proof],
      command: headers[RPC_HEADERS.command],
      at: headers[RPC_HEADERS.at],
    })
    if (!said.success)
      throw refuse('WORKSPACE_BAD_INPUT', {
        issues: said.error.issues.map(issue => ({
          path: `headers.${issue.path.join('.')}`,
          message: issue.message,
        })),
      })
    const { person, proof, command, at } = said.data
    return {
      person: person ?? peer.person ?? null,
      device: peer.device,
      assurance: peer.assurance ?? 'unattested',
      ...((proof ?? peer.proof) ? { proof: proof ?? peer.proof! } : {}),
      ...(command === undefined ? {} : { commandId: command }),
      ...(at === undefined ? {} : { at }),
    }
  }
}
