import { z } from 'zod'

/**
 * What a page and the browser host say to each other over HTTP, besides the contract on the WebSocket.
 *
 * The host prints `http://127.0.0.1:<port>/#token=<token>`. The page takes the token out of the fragment
 * (and replaces the address, so that it stays in no history), exchanges it once at `POST /session`, and keeps
 * the session secret in `sessionStorage`: cookies of 127.0.0.1 are shared by every port. The WebSocket's first
 * message is `WsHello` as JSON text; from then on it carries oRPC's peer protocol and nothing else. The host
 * sends nothing before that, and closes with one of `WsClose` when it does not accept.
 */

export const PATHS = {
  /** POST `SessionRequest` → `SessionReply`. 401 with `HostProblem` when the token is spent, old or wrong. */
  session: '/session',
  /** POST with the session header → `TokenReply`: a token for one more tab. */
  token: '/session/token',
  ws: '/ws',
  /** POST the bytes of a file with the session and name headers → `UploadReply`. DELETE `/files/<handle>`. */
  files: '/files',
  /** POST `ExportRequest` → `ExportReply`: a place an export writes to. */
  exports: '/exports',
  /** GET, once, with a ticket made by POST `/exports/<handle>/ticket` → `TicketReply`. */
  download: '/download',
} as const

/**
 * A page that a server gives out says so in a meta element of this name. Its people sign in with the server, a
 * cookie tells who they are, and `POST /session` with `ServerSessionRequest` takes the place of a token.
 */
export const HOST_META = 'quarterdeck-host'

/** Carries the session secret on every request but `POST /session` and the download by ticket. */
export const SESSION_HEADER = 'x-quarterdeck-session'
/** The name of an uploaded file, through encodeURIComponent. */
export const FILE_NAME_HEADER = 'x-quarterdeck-file-name'
/** The fragment of the first address is `#token=<token>`. */
export const TOKEN_FRAGMENT = 'token'

/** Why the host closed a WebSocket. On any other code the page connects again. */
export const WsClose = {
  /** The session is unknown: the host was started again, or it has ended. Ask for a new address. */
  unauthorised: 4401,
  /** No first message in time, or one that is not `WsHello`. */
  badHello: 4400,
  /** The page did not read for so long that what waits for it was dropped. Connect again and refetch. */
  slow: 4408,
  /** The host is stopping. */
  goingAway: 1001,
} as const

const Secret = z.string().min(20).max(200)

export const WsHello = z.object({ session: Secret })
export type WsHello = z.infer<typeof WsHello>

export const SessionRequest = z.object({ token: Secret })
export const ServerSessionRequest = z.object({})
export const SessionReply = z.object({
  session: Secret,
  workspace: z.object({ name: z.string() }),
})
export type SessionReply = z.infer<typeof SessionReply>

export const TokenReply = z.object({ token: Secret })
export type TokenReply = z.infer<typeof TokenReply>

/** A file the host keeps for this session; commands name it by its handle, never by a path. */
export const UploadReply = z.object({
  handle: z.string(),
  name: z.string(),
  size: z.int().nonnegative(),
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  sha256: z.string().length(64),
})
export type UploadReply = z.infer<typeof UploadReply>

export const ExportRequest = z.object({ name: z.string().min(1).max(200) })
export const ExportReply = z.object({ handle: z.string(), name: z.string() })
export type ExportReply = z.infer<typeof ExportReply>

export const TicketReply = z.object({
  /** A path on the host that answers once, within a minute, with the file as an attachment. */
  url: z.string(),
})
export type TicketReply = z.infer<typeof TicketReply>

/** The body of every answer that is not a success. The words for people live in the renderer's catalogue. */
export const HostProblem = z.object({
  code: z.enum([
    'HOST_TOKEN_INVALID',
    'HOST_SESSION_INVALID',
    'HOST_ORIGIN_REFUSED',
    'HOST_NOT_FOUND',
    'HOST_METHOD_REFUSED',
    'HOST_BODY_INVALID',
    'HOST_FILE_TOO_LARGE',
    'HOST_DISK_FULL',
    'HOST_FAILED',
  ]),
  message: z.string(),
  /** Names the entry of the log that says more. */
  reference: z.string().optional(),
})
export type HostProblem = z.infer<typeof HostProblem>
