import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { documentFonts } from './scripts/lib/document-fonts.ts'

/**
 * Only what is native or finds its own files by path stays outside the bundle; everything else is inside, so
 * that a packed application carries no node_modules but the database driver.
 */
const external = [
  'electron',
  'better-sqlite3',
  '@electric-sql/pglite',
  '@electric-sql/pglite/nodefs',
  'pg-native',
]

/** Node 24 and Chromium 156, which Electron 45 carries; the browser host is opened in current browsers. */
const NODE = 'node24'
const BROWSER = 'chrome140'

export default defineConfig({
  main: {
    plugins: [documentFonts()],
    build: {
      target: NODE,
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        external,
        input: {
          index: 'src/main/index.ts',
          'core-process': 'src/main/host/core-process.ts',
          worker: 'src/main/host/worker.ts',
          cli: 'src/main/host/cli.ts',
          'browser-host': 'src/main/host/browser-host.ts',
          backend: 'src/backend/main.ts',
          'backend-worker': 'src/backend/threads/worker.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      // A sandboxed preload cannot load a second file.
      isolatedEntries: true,
      rolldownOptions: {
        external: ['electron'],
        input: { index: 'src/preload/index.ts', unlock: 'src/preload/unlock.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      target: BROWSER,
      minify: true,
      // Data URLs would need their own word in the policy.
      assetsInlineLimit: 0,
      outDir: 'out/renderer',
      rolldownOptions: { input: { index: 'src/renderer/index.html' } },
    },
  },
})
