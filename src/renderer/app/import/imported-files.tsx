import { type CapabilityLeaf, defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import type { GridColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { useAddress, useGo } from '../address.ts'
import { useListSearch } from '../list-search.ts'
import { RecoveryNotice } from '../recovery-notice.tsx'
import { useMay, useSession } from '../shell/session.ts'
import { HoldFile } from './hold-file.tsx'
import classes from './import.module.css'

interface ImportedFile {
  readonly id: string
  readonly jobId: string | null
}

export interface ImportedFilesProps<T extends ImportedFile> {
  /** The page, such as `/finops/bills`: `?new=1` asks for a file, `file`, `job` and `receipt` show one. */
  readonly path: string
  /** Of the grid, and of the action that asks for a file. */
  readonly gridId: string
  readonly actionId: `ui.${string}`
  readonly entity: Parameters<typeof useListSearch>[0]
  /** What somebody needs to be allowed to bring in a file. */
  readonly start: CapabilityLeaf
  readonly endings: readonly string[]
  readonly words: {
    readonly title: string
    /** The button, the place for a file, and what is said where no file came in yet. */
    readonly bring: string
    readonly drop: string
    readonly none: string
    readonly noneText: string
  }
  readonly list: {
    readonly data: { readonly imports: readonly T[] } | undefined
    readonly error: unknown
    readonly refetch: () => unknown
  }
  readonly columns: readonly GridColumn<T>[]
  /** Whether it is still coming in. */
  readonly isRunning: (one: T) => boolean
}

const bringIn = (id: `ui.${string}`) =>
  defineAction<{ label: string; run: () => void; may: boolean }>(id, {
    label: ({ label }) => label,
    key: 'b',
    when: ({ may }) => may,
    run: ({ run }) => run(),
  })

/** The files of one kind that came in, the newest first, and the way to bring in another. */
export function ImportedFiles<T extends ImportedFile>(props: ImportedFilesProps<T>) {
  const { path, words, list } = props
  const go = useGo()
  const may = useMay()
  const { params } = useAddress()
  const search = useListSearch(props.entity)
  const imports = list.data?.imports ?? []
  const mayImport = may(props.start)
  const asking = mayImport && (params.has('new') || (list.data !== undefined && imports.length === 0))
  return (
    <Page
      title={words.title}
      fill
      actions={
        asking ? null : (
          <OfferedButton
            primary
            action={bringIn(props.actionId)}
            context={{ label: words.bring, run: () => go(`${path}?new=1`), may: mayImport }}
          />
        )
      }
    >
      {asking ? (
        <div className={classes.hold}>
          <RecoveryNotice />
          <HoldFile
            title={words.drop}
            endings={props.endings}
            onHeld={held => go(`${path}?file=${encodeURIComponent(held.fileId)}`)}
          />
          <p className={classes.note}>{words.noneText}</p>
        </div>
      ) : null}
      {list.error ? (
        <ErrorState centred error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <LoadingState />
      ) : imports.length === 0 ? (
        asking ? null : (
          <EmptyState centred title={words.none} />
        )
      ) : (
        <DataGrid
          id={props.gridId}
          label={words.title}
          columns={props.columns}
          rows={imports}
          rowKey={one => one.id}
          selectable={false}
          search={search}
          defaultSort={[{ id: 'when', desc: true }]}
          onOpen={one =>
            go(props.isRunning(one) && one.jobId ? `${path}?job=${one.jobId}` : `${path}?receipt=${one.id}`)
          }
        />
      )}
    </Page>
  )
}

/** Names people by their ids, for the column that says who brought a file in. */
export function useNameOf(): (id: string | null) => string | undefined {
  const { people } = useSession()
  return id => people.find(person => person.id === id)?.name
}
