import { MantineProvider } from '@mantine/core'
import { setNonce } from 'get-nonce'
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { useLayout } from '#renderer/state/layout.ts'
import { mantineTheme, mantineVariables } from './mantine-theme.ts'

/** The nonce that the host gave this page, for the style elements that libraries make. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    onChange => {
      const media = window.matchMedia(query)
      media.addEventListener('change', onChange)
      return () => media.removeEventListener('change', onChange)
    },
    () => window.matchMedia(query).matches,
  )
}

/** Which of the two themes is shown just now, and whether in high contrast. */
export function useShownTheme(): { readonly theme: 'light' | 'dark'; readonly contrast: boolean } {
  const theme = useLayout(state => state.theme)
  const contrast = useLayout(state => state.contrast)
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  const systemContrast = useMedia('(prefers-contrast: more)')
  return {
    theme: theme === 'system' ? (systemDark ? 'dark' : 'light') : theme,
    contrast: contrast || systemContrast,
  }
}

/** Sets the theme on the root element and gives Mantine its part of it. */
export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  const { theme, contrast } = useShownTheme()
  const density = useLayout(state => state.density)
  const nonce = styleNonce()
  if (nonce) setNonce(nonce)
  useEffect(() => {
    const root = document.documentElement
    root.dataset.theme = theme
    root.dataset.density = density
    root.dataset.contrast = contrast ? 'high' : 'normal'
  }, [theme, density, contrast])
  return (
    <MantineProvider
      theme={mantineTheme}
      cssVariablesResolver={mantineVariables}
      forceColorScheme={theme}
      getStyleNonce={() => nonce}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  )
}
