import { useLocation, useNavigate, useRouter } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { toParams, toRecord } from './search-params.ts'

export interface Address {
  /** `/finops/explorer` */
  readonly path: string
  readonly params: URLSearchParams
  /** Changes what comes after `?`. `replace` leaves no step in the history. */
  readonly setParams: (params: URLSearchParams, options?: { readonly replace?: boolean }) => void
}

/** Where the page is. What it shows belongs in here, so that it can be saved and sent. */
export function useAddress(): Address {
  const location = useLocation()
  const navigate = useNavigate()
  const { pathname, search } = location
  const params = useMemo(() => toParams(search as Record<string, unknown>), [search])
  const setParams = useCallback<Address['setParams']>(
    (next, options) => {
      void navigate({ to: pathname, search: toRecord(next) as never, replace: options?.replace ?? false })
    },
    [navigate, pathname],
  )
  return { path: pathname, params, setParams }
}

/** Goes to an address of the application, such as `/finops/explorer?by=service`. */
export function useGo(): (route: string, options?: { readonly replace?: boolean }) => void {
  const router = useRouter()
  return useCallback(
    (route, options) => {
      if (options?.replace) router.history.replace(route)
      else router.history.push(route)
    },
    [router],
  )
}

/** The address of a route for a link: `<a href={useHref('/workspace/jobs')}>`. */
export function useHref(route: string): string {
  return useRouter().history.createHref(route)
}
