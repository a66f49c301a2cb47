import type { App, Session, WebContents, WebPreferences } from 'electron'
import { isOfOrigin, PAGE_ORIGIN, SCHEME, UNLOCK_ORIGIN } from './app-scheme.ts'

/** Preferences of every window: sandboxed, isolated, without Node. */
export function pagePreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    safeDialogs: true,
  }
}

/** Writing text to the clipboard is what Copy does; every other permission is denied. */
const CLIPBOARD_WRITE = 'clipboard-sanitized-write'

/** Denies permissions and devices, and lets a page load nothing but our own scheme. */
export function hardenSession(session: Session): void {
  const allowed = (permission: string, origin: string) =>
    permission === CLIPBOARD_WRITE && isOfOrigin(origin, PAGE_ORIGIN)
  session.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(allowed(permission, details.requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin))
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !isLocal(details.url) }))
}

function isLocal(url: string): boolean {
  const { protocol } = new URL(url)
  return [`${SCHEME}:`, 'blob:', 'data:', 'devtools:'].includes(protocol)
}

/**
 * Applies to all contents there will ever be: no navigation away, no new windows, no web views.
 * @param askExternal is told of a link to elsewhere that a person followed
 */
export function hardenContents(app: App, askExternal: (url: string, contents: WebContents) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', event => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      askExternal(url, contents)
      return { action: 'deny' }
    })
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      contents.on(name as 'will-navigate', event => {
        if (staysHome(contents.getURL(), event.url)) return
        event.preventDefault()
        if (name === 'will-navigate') askExternal(event.url, contents)
      })
    }
  })
}

/** A reload, or another address of the origin that the contents show already. */
function staysHome(from: string, to: string): boolean {
  return [PAGE_ORIGIN, UNLOCK_ORIGIN].some(origin => isOfOrigin(to, origin) && isOfOrigin(from, origin))
}
