import type { BrowserWindow, Dialog, Shell } from 'electron'

const MAX_LENGTH = 2000

/**
 * An address that may leave the application, or null. Only `https:` without credentials: every other scheme
 * can start a program or read a file.
 */
export function externalAddress(url: string): URL | null {
  if (url.length > MAX_LENGTH || !URL.canParse(url)) return null
  const parsed = new URL(url)
  const isPlain = parsed.protocol === 'https:' && parsed.username === '' && parsed.password === ''
  return isPlain ? parsed : null
}

export interface ExternalLinkServices {
  readonly dialog: Pick<Dialog, 'showMessageBox'>
  readonly shell: Pick<Shell, 'openExternal'>
}

/** Asks the person, naming the host, and opens the address in their browser. Refused addresses do nothing. */
export async function openExternal(
  { dialog, shell }: ExternalLinkServices,
  window: BrowserWindow | null,
  url: string,
): Promise<boolean> {
  const address = externalAddress(url)
  if (address === null) return false
  const question = {
    type: 'question' as const,
    message: `Open ${address.host} in your browser?`,
    detail: address.href,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  }
  const { response } = await (window === null
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(window, question))
  if (response !== 0) return false
  await shell.openExternal(address.href)
  return true
}
