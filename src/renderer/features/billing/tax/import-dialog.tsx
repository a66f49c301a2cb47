import { MultiSelect } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCommand } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'

const { tax: leaf } = contract.billing

/** Makes rules of published rates, for the countries that are chosen. */
export function ImportDialog({
  offered,
  onClose,
}: {
  readonly offered: OutputOf<typeof leaf.rules>['offered']
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const toasts = useToasts()
  const { run } = useCommand(leaf.importRules)
  const [countries, setCountries] = useState<string[]>([...offered.missing])
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.tax.importTitle')}
      submit={t('billing.tax.importDo')}
      ready={countries.length > 0}
      onSubmit={async () => {
        const { added } = await run({ countries })
        toasts.show({ text: t('billing.tax.imported', { count: added }) })
      }}
    >
      <p>{t('billing.tax.importText', { asOf: format.day(offered.asOf), source: offered.source })}</p>
      <MultiSelect
        data-autofocus
        label={t('billing.tax.importCountries')}
        searchable
        clearable
        data={offered.missing}
        value={countries}
        onChange={setCountries}
      />
    </FormDialog>
  )
}
