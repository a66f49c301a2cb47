import '#renderer/ui/theme/styles.ts'
import { createRoot } from 'react-dom/client'
import type { PreloadApi } from '#shared/preload-api.ts'
import { App } from './app/app.tsx'
import { connectCore } from './app/core/core.ts'
import { features } from './app/features.ts'
import { screenAt, startPath } from './app/navigation.ts'
import { createAppRouter } from './app/router.tsx'
import { createI18n } from './i18n/i18n.ts'
import { useLayout } from './state/layout.ts'

declare global {
  interface Window {
    readonly quarterdeck?: PreloadApi
  }
}

// The code of the first screen comes while the core is reached. Should it fail, the router tries again and says so.
const path = location.hash.slice(1).split('?')[0] ?? ''
const first = screenAt(path, features) ?? screenAt(startPath(features), features)
first?.load().catch(() => undefined)

// The token is taken out of the address before the router reads it.
const core = await connectCore(window.quarterdeck ?? null)
const words = createI18n(useLayout.getState().language)
const router = createAppRouter(features)
document.documentElement.lang = words.language

createRoot(document.getElementById('root')!).render(<App core={core} words={words} router={router} />)
