import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { entityWord } from '#renderer/app/entity-word.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { type GridColumn, instantColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const { comments } = contract.workspace
type Mention = OutputOf<typeof comments.mentioningMe>['comments'][number]

/** The comments that mention the acting person, the newest first, each with the way to what it is about. */
export function MentionsPage() {
  const { t } = useTranslation()
  const go = useGo()
  const query = useCoreQuery(comments.mentioningMe, { limit: 200 })
  const search = useListSearch('comment')
  const columns = useMemo<readonly GridColumn<Mention>[]>(
    () => [
      instantColumn({ id: 'at', header: t('workspace.mentions.at'), value: one => one.createdAt }),
      textColumn({
        id: 'author',
        header: t('workspace.mentions.author'),
        value: one => one.author.name,
        width: 160,
      }),
      textColumn({
        id: 'about',
        header: t('workspace.mentions.about'),
        value: one => entityWord(t, one.entity),
        width: 120,
      }),
      textColumn({
        id: 'body',
        header: t('workspace.mentions.body'),
        value: one => one.body.replace(/\s+/g, ' '),
        width: 560,
      }),
    ],
    [t],
  )
  return (
    <Page title={t('workspace.screen.mentions')} subtitle={t('workspace.mentions.text')} fill>
      <DataGrid
        id="workspace.mentions"
        label={t('workspace.screen.mentions')}
        columns={columns}
        rows={query.data?.comments}
        rowKey={one => one.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        search={search}
        onOpen={one => {
          if (one.link !== null) go(one.link)
        }}
        empty={<EmptyState title={t('workspace.mentions.none')} text={t('workspace.mentions.noneText')} />}
      />
    </Page>
  )
}
