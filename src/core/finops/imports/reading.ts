import type { z } from 'zod'
import type { Reader } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { type Inspection, inspectBill, type ReadingChoice } from '#engines/finops/bill/inspect-bill.ts'
import { ownMappings } from '#engines/finops/bill/mappings/all.ts'
import type { TagDimensions } from '#engines/finops/bill/tag-dimensions.ts'
import type { Reading } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'

export type ReadingInput = z.infer<typeof Reading>
export type Recognised = Extract<Inspection, { ok: true }>

/** A bill is recognised by so much of its beginning; a smaller one is read whole. */
export const HEAD_BYTES = 3 << 19

function choiceOf(reading: ReadingInput): ReadingChoice {
  const { mapping, delimiter, encoding, numbers, dates, currency, source, columns } = reading
  return {
    ...(mapping === undefined ? {} : { mapping }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(numbers === undefined ? {} : { numberStyle: numbers }),
    ...(dates === undefined ? {} : { dateStyle: dates }),
    ...(currency === undefined ? {} : { currency }),
    ...(source === undefined ? {} : { source }),
    ...(columns === undefined ? {} : { columns }),
  }
}

/**
 * Recognises a bill by its beginning.
 * @param dimensions which tag keys name the dimensions
 * @param currency of the workspace, for files that state none
 * @throws Refusal `FINOPS_FILE_UNREADABLE`
 */
export function recognise(
  { head, complete }: { head: Uint8Array; complete: boolean },
  reading: ReadingInput,
  currency: string,
  dimensions: TagDimensions,
  rows?: number,
): Recognised {
  const found = inspectBill({
    ...{ head, complete, currency, choice: choiceOf(reading) },
    ...{ mappings: ownMappings, dimensions },
    ...(rows === undefined ? {} : { rows }),
  })
  if (!found.ok) throw refuse('FINOPS_FILE_UNREADABLE', { reason: found.reason, line: null })
  return found
}

/** Which tag keys name the dimensions of this workspace. */
export async function tagDimensionsOf(
  reader: Reader,
  environment: EnvironmentSettings,
): Promise<TagDimensions> {
  const settings = await readSettings(reader, environment)
  return {
    Customer: settings['finops.customerTags'],
    Department: settings['finops.departmentTags'],
    Project: settings['finops.projectTags'],
    User: settings['finops.userTags'],
  }
}
