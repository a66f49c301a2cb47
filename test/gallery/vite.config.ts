import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The interface kit on pages of its own, built as the renderer is. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  logLevel: 'warn',
  build: { target: 'chrome140', assetsInlineLimit: 0, outDir: '../../out/gallery', emptyOutDir: true },
})
