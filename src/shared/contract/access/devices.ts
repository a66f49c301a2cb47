import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, service, Uuid } from '../define.ts'
import { Named } from './values.ts'

/** A raw Ed25519 public key of 32 bytes, as lower-case hexadecimal. */
export const PublicKey = z.string().regex(/^[0-9a-f]{64}$/)
export const DeviceName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u)

export const Device = z.object({
  id: Uuid,
  name: z.string(),
  platform: z.string(),
  keyId: z.string(),
  /** Who may give commands on it. */
  people: z.array(Named),
  enrolledBy: Named,
  enrolledAt: Instant,
  revokedAt: Instant.nullable(),
  revokedBy: Named.nullable(),
  /** When it last spoke to the server; null where this machine does not know. */
  lastUsedAt: Instant.nullable(),
})
export type Device = z.infer<typeof Device>

const revoked = { ACCESS_DEVICE_REVOKED: { data: z.object({ deviceId: z.string().optional() }) } }

/** Why a kept signature is not good any more. */
export const SignatureProblem = z.object({
  commandId: z.string(),
  kind: z.enum(['key', 'signature', 'text', 'altered', 'log']),
})
export type SignatureProblem = z.infer<typeof SignatureProblem>

export const devices = {
  /** The desks of the workspace: one's own, or as an admin or auditor all of them. */
  list: query('access.devices.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ devices: z.array(Device) })),
  rename: command('access.devices.rename', { roles: EVERYONE })
    .input(z.object({ deviceId: Uuid, name: DeviceName }))
    .output(Device)
    .errors(revoked),
  /** Lost, stolen or given away: its session ends and nothing that it sends is taken any more. */
  revoke: command('access.devices.revoke', { roles: EVERYONE })
    .input(z.object({ deviceId: Uuid }))
    .output(Device),
  /** A person gives no commands on this desk any more. */
  leave: command('access.devices.leave', { roles: EVERYONE })
    .input(z.object({ deviceId: Uuid, personId: Uuid }))
    .output(Device),
  /** A person confirmed a desk: it is enrolled, or they are one more person of it. */
  enrol: command('access.devices.enrol', { roles: [], internal: true })
    .input(
      z.object({ publicKey: PublicKey, name: DeviceName, platform: z.string().max(100), personId: Uuid }),
    )
    .output(Device)
    .errors(revoked),
  signatures: {
    /** One page of kept signatures, with what the log says of their commands. */
    page: query('access.devices.signatures.page', { roles: ['auditor', 'approver', 'analyst', 'ops'] })
      .input(z.object({ after: z.string().default('') }))
      .output(
        z.object({
          signatures: z.array(
            z.object({
              commandId: z.string(),
              keyId: z.string(),
              publicKey: z.string(),
              text: z.string(),
              signature: z.string(),
              /** The command as the log has it; null where the log does not have it. */
              logged: z
                .object({
                  command: z.string(),
                  version: z.bigint(),
                  actor: z.string().nullable(),
                  device: z.string(),
                  at: z.bigint(),
                  input: z.string(),
                })
                .nullable(),
            }),
          ),
          more: z.boolean(),
        }),
      ),
    /** Checks every kept signature: that the key signed this text, and that the log says the same. */
    verify: service('access.devices.signatures.verify', {
      roles: ['auditor', 'approver', 'analyst', 'ops'],
      remote: true,
    })
      .input(z.object({}))
      .output(z.object({ checked: z.bigint(), problems: z.array(SignatureProblem), checkedAt: Instant })),
  },
}
