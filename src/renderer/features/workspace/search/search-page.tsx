import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { entityWord } from '#renderer/app/entity-word.ts'
import { type GridColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { SearchHit } from '#shared/contract/workspace/search.ts'
import classes from '../workspace.module.css'

/** What the workspace holds under some words. The words are in the address. */
export function SearchPage() {
  const { t } = useTranslation()
  const go = useGo()
  const { params, setParams } = useAddress()
  const [text, setText] = useState(params.get('q') ?? '')
  const [asked] = useDebouncedValue(text.trim(), 150)
  const query = useCoreQuery(
    contract.workspace.search.query,
    { text: asked, limit: 100 },
    { enabled: asked.length > 1, placeholderData: before => before },
  )
  useEffect(() => {
    if ((params.get('q') ?? '') === asked) return
    const next = new URLSearchParams(params)
    next.set('q', asked)
    setParams(next, { replace: true })
  }, [asked, params, setParams])
  const columns = useMemo<readonly GridColumn<SearchHit>[]>(
    () => [
      textColumn({
        id: 'entity',
        header: t('workspace.search.what'),
        value: hit => entityWord(t, hit.entity),
        width: 120,
      }),
      textColumn({ id: 'title', header: t('workspace.search.title'), value: hit => hit.title, width: 320 }),
      textColumn({
        id: 'snippet',
        header: t('workspace.search.text'),
        value: hit => hit.snippet,
        width: 480,
      }),
    ],
    [t],
  )
  const hits = asked.length > 1 ? query.data?.hits : []
  return (
    <Page
      title={t('workspace.screen.search')}
      subtitle={query.data?.more ? t('workspace.search.more') : undefined}
      answer={
        <TextInput
          className={classes.searchBox ?? ''}
          data-autofocus
          aria-label={t('workspace.search.label')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
      }
      fill
    >
      <DataGrid
        id="workspace.search"
        label={t('workspace.screen.search')}
        columns={columns}
        rows={hits}
        rowKey={row => `${row.entity}:${row.id}`}
        loading={asked.length > 1 && query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        onOpen={row => go(row.link)}
        empty={
          asked.length > 1 ? (
            <EmptyState
              title={t('workspace.search.nothing', { query: asked })}
              text={t('workspace.search.nothingText')}
            />
          ) : (
            <EmptyState title={t('workspace.search.label')} text={t('workspace.search.hint')} />
          )
        }
      />
    </Page>
  )
}
