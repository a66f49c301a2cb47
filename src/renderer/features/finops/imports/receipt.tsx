import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { ReceiptProblems, useFileFields } from '#renderer/app/import/receipt-parts.tsx'
import { useMay } from '#renderer/app/shell/session.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { formatBytes } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Fields, Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { finops } from '#shared/contract/finops.ts'
import { BatchTable } from './batch-table.tsx'
import classes from './imports.module.css'
import { useFormatWord, useImportStates } from './states.ts'

type Import = OutputOf<typeof finops.imports.get>
interface Act {
  readonly label: string
  readonly run: () => void
  readonly when: boolean
}

const undo = defineAction<Act>(finops.imports.undo, {
  label: ({ label }) => label,
  key: 'u',
  danger: true,
  when: ({ when }) => when,
  run: ({ run }) => run(),
})
const redo = defineAction<Act>(finops.imports.redo, {
  label: ({ label }) => label,
  key: 'r',
  when: ({ when }) => when,
  run: ({ run }) => run(),
})
const explore = defineAction<Act>('ui.finops.imports.explore', {
  label: ({ label }) => label,
  key: 'e',
  when: ({ when }) => when,
  run: ({ run }) => run(),
})

/** What came in, what did not and why, and the proof that the amounts add up. */
export function Receipt({ importId }: { readonly importId: string }) {
  const { t } = useTranslation()
  const receipt = useCoreQuery(finops.imports.get, { importId })
  if (receipt.error) {
    return (
      <Page title={t('finops.imports.receipt.title')}>
        <ErrorState centred error={receipt.error} onRetry={() => void receipt.refetch()} />
      </Page>
    )
  }
  if (!receipt.data) {
    return (
      <Page title={t('finops.imports.receipt.title')}>
        <LoadingState />
      </Page>
    )
  }
  return <ReceiptOf bill={receipt.data} />
}

function ReceiptOf({ bill }: { readonly bill: Import }) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const format = useFormat()
  const toasts = useToasts()
  const core = useCore()
  const states = useImportStates()
  const formatWord = useFormatWord()
  const fileFields = useFileFields(bill, {
    when: t('finops.imports.column.when'),
    who: t('finops.imports.column.who'),
    digest: t('finops.imports.receipt.digest'),
  })
  const [asking, setAsking] = useState(false)
  const takeBack = useCommand(finops.imports.undo)
  const putBack = useCommand(finops.imports.redo)
  const problems = useCoreQuery(finops.imports.problems, { importId: bill.id, limit: 500 })
  const state = states[bill.state]
  const file = bill.fileName
  const inForce = bill.state === 'published'
  const adds = bill.proof.every(({ stored, residual, file: whole }) => sameSum(stored, residual, whole))
  return (
    <Page
      title={t('finops.imports.receipt.of', { file })}
      subtitle={state ? <StatusBadge tone={state.tone} label={state.label} /> : null}
      text
      actions={
        <>
          <OfferedButton
            action={undo}
            context={{
              label: t('finops.imports.undo'),
              run: () => setAsking(true),
              when: inForce && may(finops.imports.undo),
            }}
          />
          <OfferedButton
            action={redo}
            context={{
              label: t('finops.imports.redo'),
              run: () => {
                putBack.run({ importId: bill.id }).then(
                  () => toasts.show({ text: t('finops.imports.redone', { file }) }),
                  error => toasts.fail(error),
                )
              },
              when: bill.state === 'undone' && may(finops.imports.redo),
            }}
          />
          <OfferedButton
            primary
            action={explore}
            context={{
              label: t('finops.imports.explore'),
              run: () => go(`/finops/explorer?${exploreAddress(bill)}`),
              when: inForce,
            }}
          />
        </>
      }
      answer={
        <Figures
          figures={[
            { label: t('finops.imports.receipt.read'), value: format.integer(bill.read) },
            { label: t('finops.imports.receipt.stored'), value: format.integer(bill.stored) },
            { label: t('finops.imports.receipt.refused'), value: format.integer(bill.refused) },
            { label: t('finops.imports.receipt.duplicates'), value: format.integer(bill.duplicates) },
            ...(bill.proof.length > 0
              ? [
                  {
                    label: t('finops.imports.receipt.proof'),
                    value: (
                      <StatusBadge
                        tone={adds ? 'ok' : 'critical'}
                        label={t(adds ? 'finops.imports.receipt.adds' : 'finops.imports.receipt.addsNot')}
                      />
                    ),
                  },
                ]
              : []),
          ]}
        />
      }
    >
      <Section title={t('finops.imports.receipt.proof')}>
        <p className={classes.note}>
          {t(
            bill.refused > 0n
              ? 'finops.imports.receipt.proofTextRefused'
              : 'finops.imports.receipt.proofText',
          )}
        </p>
        <SmallTable
          label={t('finops.imports.receipt.proof')}
          head={[
            t('finops.imports.receipt.measure'),
            t('finops.imports.receipt.currency'),
            t('finops.imports.receipt.storedTotal'),
            t('finops.imports.receipt.residual'),
            t('finops.imports.receipt.fileTotal'),
          ]}
          figures={[2, 3, 4]}
          rows={bill.proof.map(one => [
            t(`finops.measure.${one.measure}`),
            one.currency,
            format.decimal(one.stored),
            format.decimal(one.residual),
            format.decimal(one.file),
          ])}
        />
      </Section>
      <BatchTable batches={bill.batches} />
      <ReceiptProblems
        fileName={file}
        first={problems.data}
        fetchPage={offset => ask(core, finops.imports.problems, { importId: bill.id, offset, limit: 5000 })}
      />
      <Section title={t('finops.imports.receipt.title')}>
        <Fields
          fields={[
            [t('finops.imports.column.format'), formatWord(bill.format, bill.version)],
            [t('finops.imports.column.size'), formatBytes(Number(bill.size))],
            ...fileFields,
            ...(bill.replaced.length > 0
              ? ([
                  [
                    t('finops.imports.state.replaced'),
                    t('finops.imports.receipt.replaced', { count: bill.replaced.length }),
                  ],
                ] as const)
              : []),
          ]}
        />
      </Section>
      <Comments about={{ entity: 'import', id: bill.id }} />
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('finops.imports.undoConfirm.title', { file })}
        confirm={t('finops.imports.undo')}
        danger
        onConfirm={async () => {
          await takeBack.run({ importId: bill.id })
          toasts.show({ text: t('finops.imports.undone', { file }) })
        }}
      >
        <p>{t('finops.imports.undoConfirm.text', { lines: format.integer(bill.stored) })}</p>
      </Confirm>
    </Page>
  )
}

/** True when two decimals add up to a third, exactly. */
function sameSum(a: string, b: string, sum: string): boolean {
  const places = Math.max(...[a, b, sum].map(text => text.split('.')[1]?.length ?? 0))
  const units = (text: string) => {
    const [whole = '0', part = ''] = text.split('.')
    return BigInt(whole + part.padEnd(places, '0'))
  }
  return units(a) + units(b) === units(sum)
}

/** The explorer over the periods of this bill. */
function exploreAddress(bill: Import): string {
  const starts = bill.batches.map(batch => batch.period.from).sort((a, b) => (a < b ? -1 : 1))
  const ends = bill.batches.map(batch => batch.period.to).sort((a, b) => (a < b ? -1 : 1))
  const day = (at: bigint) => new Date(Number(at)).toISOString().slice(0, 10)
  const first = starts[0]
  const last = ends.at(-1)
  return first === undefined || last === undefined ? '' : `period=${day(first)}..${day(last - 1n)}`
}
