import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { BrowserWindow, type Dialog, type WebContents } from 'electron'
import { z } from 'zod'
import type { FromCore, KeychainState, ToCore } from '#shared/core-process-protocol.ts'
import {
  UNLOCK_CHANNELS,
  type UnlockAnswer,
  type UnlockMethod,
  type UnlockRequest,
} from '#shared/preload-api.ts'
import { UNLOCK_ORIGIN } from './app-scheme.ts'
import { pagePreferences } from './hardening.ts'
import type { Channels } from './ipc.ts'

type NeedsKey = Extract<FromCore, { type: 'needs-key' }>

const Answer: z.ZodType<UnlockAnswer> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['keychain', 'key-file', 'quit']) }),
  z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(1).max(1000) }),
  z.object({ kind: z.literal('recovery'), recoveryKey: z.string().min(1).max(500) }),
])

const KEYCHAIN_NOTES: Readonly<Record<'plain-text' | 'locked' | 'missing', string>> = {
  'plain-text':
    'This system has no password manager that Quarterdeck can use, so its keychain would protect nothing. Choose a passphrase or a key file.',
  locked: 'The keychain of this account is locked or cannot be used. Choose another way.',
  missing: 'This system has no keychain. Choose a passphrase or a key file.',
}

const PROBLEMS: Readonly<Record<NonNullable<NeedsKey['problem']>, string>> = {
  'wrong-secret': 'That did not open the workspace. Check it and try again.',
  'keychain-failed': 'The keychain did not give the key. Choose another way.',
  'key-file-unreadable': 'That file is not a key of this workspace, or cannot be read.',
}

/**
 * What to do without asking: the keychain where it can be used, else a key file that is still where its slot
 * says. Each is tried once.
 * @param tried what was tried since the core last had its key; added to
 */
export function answerAlone(
  needs: NeedsKey,
  keychain: KeychainState,
  tried: Set<string>,
  exists: (path: string) => boolean,
): ToCore | null {
  const once = (way: string): boolean => !tried.has(way) && tried.add(way).has(way)
  const hasKeychain = needs.creating || needs.slots.some(slot => slot.kind === 'keychain')
  if (hasKeychain && keychain.available && once('keychain')) {
    return { type: needs.creating ? 'create-key' : 'unlock', secret: { kind: 'keychain' } }
  }
  for (const { kind, hint } of needs.slots) {
    if (kind !== 'key-file' || hint === undefined || !isAbsolute(hint)) continue
    if (exists(hint) && once(hint)) return { type: 'unlock', secret: { kind: 'key-file', path: hint } }
  }
  return null
}

/** What the person is shown. */
export function describe(needs: NeedsKey, keychain: KeychainState): UnlockRequest {
  const existing = new Set<UnlockMethod>(needs.slots.map(slot => slot.kind))
  const order: readonly UnlockMethod[] = needs.creating
    ? ['passphrase', 'keychain', 'key-file']
    : ['passphrase', 'keychain', 'key-file', 'recovery']
  const methods = order.filter(
    method => (needs.creating || existing.has(method)) && (method !== 'keychain' || keychain.available),
  )
  const wanted = needs.creating || existing.has('keychain')
  return {
    creating: needs.creating,
    methods,
    ...(keychain.available || !wanted ? {} : { keychainNote: KEYCHAIN_NOTES[keychain.reason] }),
    ...(needs.problem === undefined ? {} : { problem: PROBLEMS[needs.problem] }),
  }
}

export interface UnlockingOptions {
  readonly preload: string
  readonly channels: Channels
  readonly dialog: Pick<Dialog, 'showOpenDialog'>
  readonly keychainState: () => Promise<KeychainState>
  readonly send: (message: ToCore) => boolean
  readonly quit: () => void
}

export interface Unlocking {
  /** The core asks for a key. */
  readonly ask: (needs: NeedsKey) => Promise<void>
  /** The core has its key, or ended: the window is not needed. */
  readonly done: () => void
  readonly isOurs: (sender: WebContents) => boolean
}

/** Answers the core's question for a key, from the keychain or by asking in a small window of its own. */
export function unlocking({
  preload,
  channels,
  dialog,
  keychainState,
  send,
  quit,
}: UnlockingOptions): Unlocking {
  let window: BrowserWindow | null = null
  let shown: UnlockRequest | null = null
  const tried = new Set<string>()
  let settle: ((request: UnlockRequest) => void) | null = null

  const openWindow = (): void => {
    const created = new BrowserWindow({
      width: 520,
      height: 560,
      show: false,
      resizable: true,
      maximizable: false,
      title: 'Quarterdeck',
      webPreferences: pagePreferences(preload),
    })
    window = created
    created.once('ready-to-show', () => created.show())
    created.on('closed', () => {
      window = null
      // Closed by the person and not by `done`: without a key there is nothing to show.
      if (shown !== null) quit()
    })
    void created.loadURL(`${UNLOCK_ORIGIN}/`)
  }

  const toCore = async (
    answer: Exclude<UnlockAnswer, { kind: 'quit' }>,
    creating: boolean,
  ): Promise<ToCore | null> => {
    if (answer.kind === 'recovery') return { type: 'unlock', secret: answer }
    if (answer.kind === 'passphrase') {
      if (!creating) return { type: 'unlock', secret: answer }
      return answer.passphrase.length < 12 ? null : { type: 'create-key', secret: answer }
    }
    if (answer.kind === 'keychain')
      return { type: creating ? 'create-key' : 'unlock', secret: { kind: 'keychain' } }
    if (creating) return { type: 'create-key', secret: { kind: 'key-file' } }
    const options = {
      title: 'Choose the key file',
      properties: ['openFile' as const, 'showHiddenFiles' as const],
    }
    const { filePaths } =
      window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options)
    return filePaths[0] === undefined
      ? null
      : { type: 'unlock', secret: { kind: 'key-file', path: filePaths[0] } }
  }

  channels.handle(UNLOCK_CHANNELS.describe, z.null(), () => shown)
  channels.handle(UNLOCK_CHANNELS.submit, Answer, async answer => {
    if (answer.kind === 'quit' || shown === null) {
      quit()
      return shown
    }
    const message = await toCore(answer, shown.creating)
    if (message === null) return shown
    // The core answers with `needs-key` again, or with `ready`, which closes the window.
    const next = new Promise<UnlockRequest>(resolve => {
      settle = resolve
    })
    return send(message) ? next : shown
  })

  return {
    async ask(needs) {
      const keychain = await keychainState()
      const alone = answerAlone(needs, keychain, tried, existsSync)
      if (alone !== null && send(alone)) return
      shown = describe(needs, keychain)
      if (window === null) openWindow()
      settle?.(shown)
      settle = null
    },
    done() {
      shown = null
      settle = null
      tried.clear()
      window?.close()
    },
    isOurs: sender => sender === window?.webContents,
  }
}
