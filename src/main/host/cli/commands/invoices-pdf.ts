import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Client } from '#serving/client.ts'
import { refuse } from '#shared/errors.ts'
import { type CliContext, inWorkspace, note, optionsOf, print } from '../context.ts'
import { bytes } from '../format.ts'
import { findInvoice } from './find-invoice.ts'

/** A document is made after the issue: so long it is waited for, looking every so often, in milliseconds. */
const PATIENCE = 60_000
const LOOK_EVERY = 300

export function invoicesPdfCommand(invoices: Command, context: CliContext): void {
  invoices
    .command('pdf')
    .description('Write the document of an invoice to a file: as it was issued, or what a draft would be.')
    .argument('<invoice>', 'its number or its id')
    .option('-o, --out <file>', 'the file (default: the number of the invoice, here)')
    .option('--force', 'write over a file that is there')
    .action((reference: string, _, command: Command) =>
      inWorkspace(context, command, async session => {
        const options = optionsOf<{ out?: string; force?: boolean }>(command)
        const client = await session.acting()
        const { id } = await findInvoice(client, reference)
        const { base64, fileName, missing, ...document } = await documentOf(client, id)
        const path = resolve(context.io.cwd(), options.out ?? fileName)
        if (existsSync(path) && !options.force)
          throw refuse(
            'FILE_EXISTS',
            { path },
            `${path} is there already: name another with --out, or --force.`,
          )
        const content = Buffer.from(base64, 'base64')
        await writeWhole(path, content)
        print(context, options.json, { path, ...document, bytes: content.length, missing }, () =>
          [`${path} (${bytes(BigInt(content.length))})`, `sha256 ${document.digest}`].join('\n'),
        )
        if (missing.length > 0)
          note(context, options.quiet, `The document's faces lack these characters: ${missing.join('')}`)
      }),
    )
}

/** The document, waiting for that of an invoice that was issued just now. */
async function documentOf(client: Client, invoiceId: string) {
  const until = Date.now() + PATIENCE
  for (;;) {
    try {
      return await client.billing.invoice.pdf({ invoiceId })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'BILLING_PDF_NOT_READY' || Date.now() > until) throw error
      await sleep(LOOK_EVERY)
    }
  }
}

/** Under another name first: what is there is whole, whatever happens meanwhile. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const beside = `${path}.part`
  try {
    await writeFile(beside, content)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
