import { createHash } from 'node:crypto'
import type { Store } from '#core/database/store.ts'
import type { DocumentFacts, DocumentPrinter } from '#core/documents/document-printer.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { fileNameOf } from './file-names.ts'
import { receiptFacts } from './receipt-facts.ts'
import { type StatementSpan, statementFacts } from './statement-facts.ts'

/** The kind of the effect that makes a receipt or a statement that goes out. */
export const SENT_DOCUMENT = 'billing.document.make'

/** What is asked for. Instants are texts, because payloads are JSON. */
export type SentDocument = { readonly asOf: string } & (
  | { readonly entity: 'receipt'; readonly paymentId: string }
  | {
      readonly entity: 'statement'
      readonly customerId: string
      readonly from: string
      readonly to: string
    }
)

export interface SentDocumentParts {
  readonly store: Store
  readonly workspace: string
  readonly environment: EnvironmentSettings
  readonly printer: DocumentPrinter
  readonly now: () => bigint
}

/**
 * Makes what a mail takes along. Each sending has a document of its own, stored under the id of its effect: what
 * somebody was sent stays what it was, whatever is paid later.
 */
export function sentDocumentCarrier(parts: SentDocumentParts): EffectCarrier {
  const { store, workspace, environment, printer } = parts
  return {
    kind: SENT_DOCUMENT,
    async carry({ id, payload }) {
      const asked = payload as SentDocument
      const facts = await store.read(workspace, async (reader): Promise<DocumentFacts> => {
        const settings = await readSettings(reader, environment)
        if (asked.entity === 'receipt')
          return receiptFacts(reader, asked.paymentId, settings, BigInt(asked.asOf))
        const span: StatementSpan = {
          ...{ customerId: asked.customerId, from: BigInt(asked.from), to: BigInt(asked.to) },
        }
        return statementFacts(reader, span, settings, BigInt(asked.asOf))
      })
      const { bytes } = await printer.print(facts)
      await store.write(workspace, 'job', tx =>
        tx.db
          .insertInto('documents')
          .values({
            ...{ id, entity: asked.entity, row_id: id, file_name: fileNameOf(facts) },
            ...{ media_type: 'application/pdf', digest: createHash('sha256').update(bytes).digest('hex') },
            ...{ bytes, created_at: parts.now() },
          })
          .onConflict(on => on.columns(['entity', 'row_id']).doNothing())
          .execute(),
      )
    },
  }
}
