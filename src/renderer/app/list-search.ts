import { keepPreviousData } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { GridSearch } from '#renderer/ui/grid/grid-search.tsx'
import { contract } from '#shared/contract/index.ts'
import { useAddress } from './address.ts'
import { useCoreQuery } from './core/hooks.ts'

/** The parameter of the address that holds what a list is searched for. */
export const SEARCH_PARAM = 'q'
/** Milliseconds without a key before what was typed is searched. */
const PAUSE = 180

/**
 * The search box of a list: `<DataGrid search={useListSearch('person')} />`. The text is in the address, so a
 * link or a saved view has it. The core's full-text search says which rows of the entity are found; their ids
 * are the keys of the grid's rows.
 * @param entity null for a paged grid, whose source sends `asked` to the query that it pages through
 */
export function useListSearch(entity: string | null): GridSearch {
  const { params, setParams } = useAddress()
  const kept = params.get(SEARCH_PARAM) ?? ''
  // What is typed and not in the address yet.
  const [typed, setTyped] = useState<string | null>(null)
  const latest = useRef({ params, setParams })
  latest.current = { params, setParams }
  useEffect(() => {
    if (typed === null) return
    if (typed === kept) {
      setTyped(null)
      return
    }
    const timer = setTimeout(() => {
      const next = new URLSearchParams(latest.current.params)
      if (typed === '') next.delete(SEARCH_PARAM)
      else next.set(SEARCH_PARAM, typed)
      latest.current.setParams(next, { replace: true })
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [typed, kept])
  const asked = kept.trim()
  const rows = useCoreQuery(
    contract.workspace.search.rows,
    { entity: entity ?? '', text: asked },
    { enabled: entity !== null && asked !== '', placeholderData: keepPreviousData },
  )
  const onText = useCallback((text: string) => setTyped(text), [])
  const { data, error, isPending, isPlaceholderData, refetch } = rows
  return useMemo(() => {
    const searched = entity !== null && asked !== ''
    const ids = error ? [] : data?.ids
    return {
      text: typed ?? kept,
      onText,
      asked,
      found: searched && ids ? new Set(ids) : null,
      pending: searched && (isPending || isPlaceholderData),
      error: searched ? error : null,
      retry: () => void refetch(),
    }
  }, [entity, typed, kept, onText, asked, data, error, isPending, isPlaceholderData, refetch])
}
