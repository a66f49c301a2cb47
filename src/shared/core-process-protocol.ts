import { z } from 'zod'

/**
 * What Electron's main process and the core process (a utility process) say to each other, over the parent
 * port. Pages do not take part: each has a MessagePort of its own to the core, which `connect` hands over.
 *
 * Order of a start: main forks the core and sends `open`. The core answers `ready` when the database is
 * open, or `needs-key` when it cannot be opened (or created) without a person; main answers that with
 * `unlock` or `create-key`, as often as it takes. `connect` follows `ready`, once for each window
 * and again when its page was loaded anew. After `quit` the core closes the database and exits with code 0. Every process is a
 * new generation; an exit without `quit` is a crash and main starts the next generation after a pause.
 */

const Handle = z.string().min(1).max(200)
const Path = z.string().min(1).max(32_768)
const Bytes = z.custom<Uint8Array>(value => ArrayBuffer.isView(value) && !(value instanceof DataView))

/** How a key slot beside the database is opened. */
export const SlotKind = z.enum(['keychain', 'passphrase', 'key-file', 'recovery'])
export type SlotKind = z.infer<typeof SlotKind>

/** Whether the keychain of the operating system may be used, and if not, why not. */
export const KeychainState = z.discriminatedUnion('available', [
  z.object({ available: z.literal(true), backend: z.string() }),
  z.object({ available: z.literal(false), reason: z.enum(['plain-text', 'locked', 'missing']) }),
])
export type KeychainState = z.infer<typeof KeychainState>

/** What the tray and the badge show; every number counts things that wait for a person. */
export const Counts = z.object({
  pendingSync: z.int().nonnegative(),
  needsReview: z.int().nonnegative(),
  alerts: z.int().nonnegative(),
  incidents: z.int().nonnegative(),
  jobs: z.int().nonnegative(),
})
export type Counts = z.infer<typeof Counts>

/** Main → core. `connect` travels with exactly one port, every other message with none. */
export const ToCore = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    workspaceDir: Path,
    generation: z.int().positive(),
    appVersion: z.string(),
    keychain: KeychainState,
  }),
  /** Opens an existing database with a secret that a person gave, or with the keychain slot. */
  z.object({
    type: z.literal('unlock'),
    secret: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('keychain') }),
      z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(1) }),
      z.object({ kind: z.literal('key-file'), path: Path }),
      z.object({ kind: z.literal('recovery'), recoveryKey: z.string().min(1) }),
    ]),
  }),
  /** Creates the database, with its first slot of this kind. A key file is written by the core, mode 0600. */
  z.object({
    type: z.literal('create-key'),
    secret: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('keychain') }),
      z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(12) }),
      z.object({ kind: z.literal('key-file'), path: Path.optional() }),
    ]),
  }),
  z.object({ type: z.literal('connect'), window: z.int().positive() }),
  /** The window is gone: end what it subscribed to. A port's own `close` is not reliable. */
  z.object({ type: z.literal('disconnect'), window: z.int().positive() }),
  /** Answers of the keychain, by the core's request number. */
  z.object({ type: z.literal('key-wrapped'), request: z.int(), wrapped: Bytes }),
  /** `rewrapped` is given when the keychain changed its key: store it in place of what was sent. */
  z.object({
    type: z.literal('key-unwrapped'),
    request: z.int(),
    key: Bytes,
    rewrapped: Bytes.optional(),
  }),
  z.object({ type: z.literal('keychain-failed'), request: z.int(), reason: z.string() }),
  /** A file that a person chose (dialog) or dropped. The page knows only its handle, name and size. */
  z.object({
    type: z.literal('grant-file'),
    handle: Handle,
    mode: z.enum(['read', 'write']),
    path: Path,
    window: z.int().positive(),
  }),
  /** The machine slept or woke: timers are stale, connections are likely dead. */
  z.object({ type: z.literal('power'), state: z.enum(['suspend', 'resume']) }),
  z.object({ type: z.literal('quit') }),
])
export type ToCore = z.infer<typeof ToCore>

/** Core → main. */
export const FromCore = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    generation: z.int().positive(),
    workspace: z.object({ id: z.string(), name: z.string() }),
  }),
  z.object({
    type: z.literal('needs-key'),
    /** True where no database exists yet: main offers to create a key instead of asking for one. */
    creating: z.boolean(),
    slots: z.array(z.object({ kind: SlotKind, hint: z.string().optional() })),
    /** Why the last attempt failed, absent on the first. */
    problem: z.enum(['wrong-secret', 'keychain-failed', 'key-file-unreadable']).optional(),
  }),
  z.object({ type: z.literal('wrap-key'), request: z.int(), key: Bytes }),
  z.object({ type: z.literal('unwrap-key'), request: z.int(), wrapped: Bytes }),
  /** The grant is stored; the page may use the handle from now on. */
  z.object({ type: z.literal('file-granted'), handle: Handle }),
  z.object({ type: z.literal('file-refused'), handle: Handle, reason: z.string() }),
  z.object({
    type: z.literal('notification'),
    id: z.string().min(1).max(200),
    title: z.string().min(1).max(200),
    body: z.string().max(1000),
    /** A `quarterdeck://` address to show when it is clicked. */
    link: z.string().max(2000).optional(),
    urgency: z.enum(['low', 'normal', 'critical']),
  }),
  z.object({ type: z.literal('counts'), counts: Counts }),
  /** An export through a handle of mode `write` is complete on disk. */
  z.object({ type: z.literal('file-saved'), handle: Handle, window: z.int().positive() }),
  /**
   * The workspace cannot be opened and another attempt would end the same way (a newer schema, a damaged
   * file, another owner that does not answer). Main shows it and does not restart.
   */
  z.object({
    type: z.literal('fatal'),
    code: z.string(),
    message: z.string(),
    reference: z.string().optional(),
  }),
])
export type FromCore = z.infer<typeof FromCore>
