import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageImportJob } from '#core/billing/usage/imports/import-job.ts'
import type { LateBatch } from '#engines/demo/billing/late-batch.ts'
import { type DemoContext, USAGE_PREFIX } from './chunks.ts'

/** When the file was changed last, as far as the import can see: after a crash it is the same file. */
const WRITTEN = new Date(0)

/** Brings in usage that came after its month was closed: as a file, by the import that reads yours. */
export async function bringLateUsageIn(context: DemoContext, { fileName, text }: LateBatch): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-demo-'))
  try {
    const path = join(folder, fileName)
    writeFileSync(path, text, { mode: 0o600 })
    utimesSync(path, WRITTEN, WRITTEN)
    await usageImportJob.compute({
      ...context,
      input: { fileId: 'demo', path, fileName, mode: 'all-or-nothing' },
      submit: (chunk, data, transfer) => context.submit(`${USAGE_PREFIX}${chunk}`, data, transfer),
      progress: () => {},
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
