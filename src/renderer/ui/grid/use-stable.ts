import { useLayoutEffect, useRef, useState } from 'react'

// biome-ignore lint/suspicious/noExplicitAny: any function
type Functions = Record<string, (...args: any[]) => unknown>

/**
 * Functions that stay the same for ever and do what the latest ones do, so that what gets them is not drawn
 * anew. For events only, never while drawing.
 */
export function useStable<F extends Functions>(functions: F): F {
  const latest = useRef(functions)
  useLayoutEffect(() => {
    latest.current = functions
  })
  const [stable] = useState(
    () =>
      Object.fromEntries(
        Object.keys(functions).map(name => [name, (...args: unknown[]) => latest.current[name]?.(...args)]),
      ) as F,
  )
  return stable
}
