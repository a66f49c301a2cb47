import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { refuse } from '#shared/errors.ts'
import { type CliContext, note, print } from './context.ts'
import { bytes } from './format.ts'

export interface WriteOptions {
  readonly out?: string
  readonly force?: boolean
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
}

/** A document as capabilities give it. */
export interface GivenDocument {
  readonly fileName: string
  readonly base64: string
  readonly digest: string
  readonly missing?: readonly string[]
}

/**
 * Writes a document to the file that was asked for, or to one of its own name here, and says where it is.
 * @throws Refusal `FILE_EXISTS`
 */
export async function writeDocument(
  context: CliContext,
  { base64, fileName, missing = [], ...document }: GivenDocument,
  options: WriteOptions,
): Promise<void> {
  const path = resolve(context.io.cwd(), options.out ?? fileName)
  if (existsSync(path) && !options.force)
    throw refuse('FILE_EXISTS', { path }, `${path} is there already: name another with --out, or --force.`)
  const content = Buffer.from(base64, 'base64')
  await writeWhole(path, content)
  print(context, options.json, { path, ...document, bytes: content.length, missing }, () =>
    [`${path} (${bytes(BigInt(content.length))})`, `sha256 ${document.digest}`].join('\n'),
  )
  if (missing.length > 0)
    note(context, options.quiet, `The document's faces lack these characters: ${missing.join('')}`)
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
