import { FileInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ReadRates, readRates } from '#engines/billing/exchange/read-rates.ts'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

/** Rates for a command, and problems that are shown. */
const AT_ONCE = 2000
const SHOWN = 5

/** Reads a file of rates, says what is in it, and adds it. */
export function RatesImport({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const { run } = useCommand(contract.billing.exchange.add)
  const [file, setFile] = useState<File | null>(null)
  const [text, setText] = useState<string | null>(null)
  const [source, setSource] = useState('')
  const read = text === null ? null : readRates(text, source.trim() || (file?.name ?? ''))
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.exchange.importTitle')}
      submit={t('billing.exchange.importDo')}
      ready={(read?.rates.length ?? 0) > 0}
      onSubmit={async () => {
        const all = read?.rates ?? []
        const sum = { added: 0, there: 0, differing: 0 }
        for (let at = 0; at < all.length; at += AT_ONCE) {
          const done = await run({ rates: all.slice(at, at + AT_ONCE) })
          sum.added += done.added
          sum.there += done.there
          sum.differing += done.differing
        }
        const words = (['imported', 'there', 'differing'] as const).flatMap(word => {
          const count = sum[word === 'imported' ? 'added' : word]
          return word === 'imported' || count > 0 ? [t(`billing.exchange.${word}`, { count })] : []
        })
        toasts.show({ text: words.join(' ') })
      }}
    >
      <p>{t('billing.exchange.importText')}</p>
      <FileInput
        data-autofocus
        label={t('billing.exchange.file')}
        placeholder={t('billing.exchange.choose')}
        accept=".xml,.csv,text/xml,application/xml,text/csv"
        value={file}
        onChange={next => {
          setFile(next)
          setText(null)
          void next?.text().then(setText)
        }}
      />
      <TextInput
        label={t('billing.exchange.importSource')}
        maxLength={200}
        value={source}
        onChange={event => setSource(event.currentTarget.value)}
      />
      {read ? <Found read={read} /> : null}
    </FormDialog>
  )
}

function Found({ read: { rates, problems } }: { readonly read: ReadRates }) {
  const { t } = useTranslation()
  const format = useFormat()
  const days = rates.map(one => one.day).sort()
  return (
    <div aria-live="polite">
      <p>
        {rates.length === 0
          ? t('billing.exchange.nothing')
          : t('billing.exchange.found', {
              count: rates.length,
              first: format.day(days[0]!),
              last: format.day(days.at(-1)!),
            })}
      </p>
      {problems.length === 0 ? null : (
        <div className={classes.note}>
          <p>{t('billing.exchange.problems', { count: problems.length })}</p>
          <ul>
            {problems.slice(0, SHOWN).map(({ line, reason }) => (
              <li key={`${line}/${reason}`}>
                {t('billing.exchange.problem', { line, reason: t(`billing.exchange.reasons.${reason}`) })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
