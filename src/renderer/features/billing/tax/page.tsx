import { SegmentedControl } from '@mantine/core'
import { IconDownload, IconPencil, IconPlus, IconTag, IconTrash, IconZoomQuestion } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import type { TaxRule } from '#shared/contract/billing/tax.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { CategoriesList, CategoryDialog } from './categories-list.tsx'
import { ChecksList } from './checks-list.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { RuleDialog } from './rule-dialog.tsx'
import { RulesList } from './rules-list.tsx'
import { TryDialog } from './try-dialog.tsx'

const { tax: leaf } = contract.billing
const PARTS = ['rules', 'categories', 'checks'] as const
type Part = (typeof PARTS)[number]

/** Which tax is charged and why: the rules, what is not taxed as the standard, and what VAT numbers are worth. */
export function TaxPage() {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const { params, setParams } = useAddress()
  const part: Part = PARTS.find(one => one === params.get('part')) ?? 'rules'
  const query = useCoreQuery(leaf.rules, {})
  const { run } = useCommand(leaf.removeRule)
  const [asked, setAsked] = useState<'import' | 'try' | 'category' | 'add' | TaxRule | null>(null)
  const missing = query.data?.offered.missing.length ?? 0
  const actions = useMemo(
    () => ({
      add: defineAction(leaf.addRule, {
        label: () => t('billing.tax.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.addRule),
        run: () => setAsked('add'),
      }),
      bring: defineAction(leaf.importRules, {
        label: () => t('billing.tax.import'),
        key: 'i',
        icon: IconDownload,
        when: () => missing > 0 && may(leaf.importRules),
        run: () => setAsked('import'),
      }),
      try: defineAction(leaf.decide, {
        label: () => t('billing.tax.try'),
        key: 't',
        icon: IconZoomQuestion,
        when: () => may(leaf.decide),
        run: () => setAsked('try'),
      }),
      category: defineAction(leaf.setCategory, {
        label: () => t('billing.tax.categories.set'),
        key: 'c',
        icon: IconTag,
        when: () => may(leaf.setCategory),
        run: () => setAsked('category'),
      }),
      edit: defineAction<TaxRule>(leaf.editRule, {
        label: () => t('billing.tax.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.editRule),
        run: setAsked,
      }),
      remove: defineAction<TaxRule>(leaf.removeRule, {
        label: () => t('billing.tax.remove'),
        key: 'x',
        icon: IconTrash,
        when: () => may(leaf.removeRule),
        run: async rule => {
          const commandId = newCommandId()
          await run({ ruleId: rule.id }, commandId)
          said(t('billing.tax.removed', { name: rule.name }), commandId)
        },
      }),
    }),
    [t, may, run, said, missing],
  )
  const here =
    part === 'categories' ? [actions.try, actions.category] : [actions.try, actions.bring, actions.add]
  useActions(here.map(action => bindAction(action, undefined)))
  const home = query.data?.home ?? null
  return (
    <Page
      title={t('billing.tax.title')}
      subtitle={query.data ? t('billing.tax.count', { count: query.data.rules.length }) : undefined}
      actions={here.map((action, index) => (
        <ActionButton
          key={action.id}
          action={action}
          context={undefined}
          primary={index === here.length - 1}
        />
      ))}
      answer={
        <>
          {query.data && query.data.rules.length > 0 && home === null ? (
            <p className={catalogue.note} role="status">
              {t('billing.tax.noHome')} <Link to="/workspace/settings">{t('billing.tax.settings')}</Link>
            </p>
          ) : null}
          <SegmentedControl
            aria-label={t('billing.tax.tabsLabel')}
            value={part}
            onChange={next => setParams(new URLSearchParams({ part: next }))}
            data={PARTS.map(value => ({ value, label: t(`billing.tax.tabs.${value}`) }))}
          />
        </>
      }
      fill
    >
      {part === 'rules' ? (
        <RulesList
          query={query}
          rowActions={rule => [bindAction(actions.edit, rule), bindAction(actions.remove, rule)]}
          onOpen={rule => may(leaf.editRule) && setAsked(rule)}
          actions={
            <>
              <ActionButton action={actions.bring} context={undefined} />
              <ActionButton action={actions.add} context={undefined} primary />
            </>
          }
        />
      ) : part === 'categories' ? (
        <CategoriesList />
      ) : (
        <ChecksList />
      )}
      {asked === 'import' && query.data ? (
        <ImportDialog offered={query.data.offered} onClose={() => setAsked(null)} />
      ) : asked === 'try' ? (
        <TryDialog onClose={() => setAsked(null)} />
      ) : asked === 'category' ? (
        <CategoryDialog onClose={() => setAsked(null)} />
      ) : asked !== null && asked !== 'import' ? (
        <RuleDialog rule={asked === 'add' ? null : asked} home={home} onClose={() => setAsked(null)} />
      ) : null}
    </Page>
  )
}
