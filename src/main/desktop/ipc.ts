import { type IpcMain, type IpcMainInvokeEvent, type WebContents, webContents } from 'electron'
import type { z } from 'zod'
import { isOfOrigin } from './app-scheme.ts'

/** What a channel refuses is a bug of a page or an attack, so the page learns nothing but that. */
export class ChannelRefusal extends Error {
  constructor(channel: string, reason: string) {
    super(`Refused on ${channel}: ${reason}`)
    this.name = 'ChannelRefusal'
  }
}

export interface Channels {
  /**
   * Answers calls on a channel. Every call is checked: it comes from the top frame of one of our windows, at
   * our origin, with exactly one argument of the schema's form.
   */
  readonly handle: <Input, Output>(
    channel: string,
    input: z.ZodType<Input>,
    answer: (input: Input, sender: WebContents) => Output | Promise<Output>,
  ) => void
}

export interface ChannelOptions {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly origin: string
  /** True for the contents of a window that may use these channels. */
  readonly isOurs: (sender: WebContents) => boolean
  readonly report: (refusal: ChannelRefusal) => void
}

/** The one way by which a page reaches the main process. */
export function channels({ ipcMain, origin, isOurs, report }: ChannelOptions): Channels {
  return {
    handle(channel, schema, answer) {
      ipcMain.handle(channel, async (event: IpcMainInvokeEvent, ...args: unknown[]) => {
        const refusal = whyRefused(event, origin, isOurs)
        const parsed = refusal === null && args.length === 1 ? schema.safeParse(args[0]) : null
        if (parsed === null || !parsed.success) {
          const error = new ChannelRefusal(channel, refusal ?? 'the argument does not have the expected form')
          report(error)
          throw error
        }
        return answer(parsed.data, event.sender)
      })
    },
  }
}

function whyRefused(
  event: IpcMainInvokeEvent,
  origin: string,
  isOurs: (sender: WebContents) => boolean,
): string | null {
  const frame = event.senderFrame
  if (frame === null) return 'the frame is gone'
  if (frame !== event.sender.mainFrame) return 'not the top frame'
  if (!isOfOrigin(frame.url, origin)) return 'another origin'
  if (webContents.fromId(event.sender.id) !== event.sender || !isOurs(event.sender))
    return 'not one of our windows'
  return null
}
