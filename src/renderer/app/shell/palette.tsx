import { Modal } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Icon } from '@tabler/icons-react'
import { IconArrowRight, IconBolt, IconSearch } from '@tabler/icons-react'
import { Fragment, type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '#renderer/state/connection.ts'
import { usePalette } from '#renderer/state/palette.ts'
import { useRunAction } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { contract } from '#shared/contract/index.ts'
import { useGo } from '../address.ts'
import { useCoreQuery } from '../core/hooks.ts'
import { entityWord } from '../entity-word.ts'
import type { Feature } from '../feature.ts'
import { find } from './palette-search.ts'
import classes from './shell.module.css'
import { useOffered } from './use-offered.ts'

interface Entry {
  readonly id: string
  readonly group: 'actions' | 'pages' | 'results'
  readonly label: string
  readonly detail?: string | undefined
  readonly keywords: readonly string[]
  readonly icon: Icon
  readonly key?: string | undefined
  readonly danger?: boolean
  readonly run: () => void
}

/** Results of a search that are listed; the page of results has the others. */
const HITS = 8

/** Reaches everything: what can be done here, every page, and whatever the workspace holds. */
export function Palette({ features }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const opened = usePalette(state => state.open)
  const set = usePalette(state => state.set)
  return (
    <Modal.Root
      opened={opened}
      onClose={() => set({ open: false })}
      padding={0}
      size={640}
      yOffset="10vh"
      // Gone at once: a key pressed right after belongs to the page again.
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t('shell.palette.open')}>
        <Modal.Body>
          {opened ? <PaletteBody features={features} onDone={() => set({ open: false })} /> : null}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function PaletteBody({
  features,
  onDone,
}: {
  readonly features: readonly Feature[]
  readonly onDone: () => void
}) {
  const { t } = useTranslation()
  const listId = useId()
  const go = useGo()
  const runAction = useRunAction()
  const offered = useOffered()
  const phase = useConnection(state => state.phase)
  const query = usePalette(state => state.query)
  const set = usePalette(state => state.set)
  const [chosen, setChosen] = useState(0)
  const [searched] = useDebouncedValue(query.trim(), 120)
  const search = useCoreQuery(
    contract.workspace.search.query,
    { text: searched, limit: HITS },
    { enabled: searched.length > 1 && phase === 'open', placeholderData: before => before },
  )

  const own = useMemo<readonly Entry[]>(
    () => [
      ...offered.map(
        (action): Entry => ({
          id: action.id,
          group: 'actions',
          label: action.label,
          keywords: [...action.keywords, action.id],
          icon: action.icon ?? IconBolt,
          key: action.key,
          danger: action.danger,
          run: () => runAction(action),
        }),
      ),
      ...features.flatMap(feature =>
        feature.screens
          .filter(screen => !screen.path.includes('$'))
          .map(
            (screen): Entry => ({
              id: screen.path,
              group: 'pages',
              label: screen.title(t),
              detail: t(`shell.feature.${feature.id}`),
              keywords: [t(`shell.feature.${feature.id}`), screen.path],
              icon: screen.icon ?? feature.icon,
              key: screen.key,
              run: () => go(screen.path),
            }),
          ),
      ),
    ],
    [offered, features, t, go, runAction],
  )
  const entries = useMemo<readonly Entry[]>(() => {
    const found = find(query, own, 30)
    const hits = query.trim().length > 1 && phase === 'open' ? (search.data?.hits ?? []) : []
    return [
      ...found.filter(entry => entry.group === 'actions'),
      ...found.filter(entry => entry.group === 'pages'),
      ...hits.map(
        (hit): Entry => ({
          id: `${hit.entity}:${hit.id}`,
          group: 'results',
          label: hit.title,
          detail: [entityWord(t, hit.entity), hit.snippet].filter(text => text !== '').join(' · '),
          keywords: [],
          icon: IconArrowRight,
          run: () => go(hit.link),
        }),
      ),
      ...(hits.length > 0 && search.data?.more
        ? [
            {
              id: 'all-results',
              group: 'results' as const,
              label: t('shell.palette.allResults', { query: query.trim() }),
              keywords: [],
              icon: IconSearch,
              run: () => go(`/workspace/search?q=${encodeURIComponent(query.trim())}`),
            },
          ]
        : []),
    ]
  }, [query, own, search.data, phase, t, go])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first answer
  useEffect(() => setChosen(0), [query])
  const at = Math.min(chosen, entries.length - 1)
  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, listId])

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onDone()
    set({ query: '' })
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen((at + 1) % Math.max(1, entries.length))
    else if (event.key === 'ArrowUp') setChosen((at - 1 + entries.length) % Math.max(1, entries.length))
    else if (event.key === 'Enter') run(entries[at])
    else return
    event.preventDefault()
  }
  const groupWords = {
    actions: t('shell.palette.actions'),
    pages: t('shell.palette.pages'),
    results: t('shell.palette.results'),
  } as const
  return (
    <>
      <input
        className={classes.paletteInput}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={entries.length > 0 ? `${listId}-${at}` : undefined}
        aria-label={t('shell.palette.open')}
        placeholder={t('shell.palette.placeholder')}
        value={query}
        onChange={event => set({ query: event.currentTarget.value })}
        onFocus={event => event.currentTarget.select()}
        onKeyDown={onKeyDown}
      />
      <div className={classes.paletteList} id={listId} role="listbox" aria-label={t('shell.palette.open')}>
        {entries.map((entry, i) => {
          const EntryIcon = entry.icon
          const first = entries[i - 1]?.group !== entry.group
          return (
            <Fragment key={entry.id}>
              {first ? (
                <div className={classes.paletteGroup} role="presentation">
                  {groupWords[entry.group]}
                </div>
              ) : null}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys */}
              {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
              <div
                id={`${listId}-${i}`}
                role="option"
                className={`${classes.paletteItem} ${entry.danger ? classes.danger : ''}`}
                aria-selected={i === at}
                onMouseMove={() => setChosen(i)}
                onClick={() => run(entry)}
              >
                <EntryIcon size={16} stroke={1.75} aria-hidden="true" />
                <span className={classes.paletteText}>
                  {entry.label} {entry.detail ? <small>{entry.detail}</small> : null}
                </span>
                {entry.key ? <KeyHint keys={entry.key} /> : null}
              </div>
            </Fragment>
          )
        })}
      </div>
      {entries.length === 0 ? (
        <output className={classes.paletteEmpty}>
          {t('shell.palette.nothing', { query: query.trim() })}
        </output>
      ) : null}
      {phase === 'open' ? null : <div className={classes.paletteEmpty}>{t('shell.palette.unavailable')}</div>}
    </>
  )
}
