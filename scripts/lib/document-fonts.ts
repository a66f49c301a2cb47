import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

/** Faces of documents, by the end of their package's name: `src/core/documents/font-slices.ts` lists them too. */
const FACES = ['jp', 'kr', 'sc', 'arabic', 'devanagari', 'hebrew', 'thai']
/** Regular and bold slices; those of Latin, Greek, Cyrillic and formulas are never asked for. */
const NEEDED = /-(?:400|700)-normal\.woff$/
const LEFT_OUT =
  /-(?:latin|latin-ext|cyrillic|cyrillic-ext|greek-ext|vietnamese|math|symbols|japanese|korean|chinese-simplified)-\d/

interface Emitter {
  emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array | string }): unknown
}

/** Puts the slices of the documents' fonts into the build, beside the licences of all fonts that it holds. */
export function documentFonts() {
  return {
    name: 'quarterdeck:document-fonts',
    apply: 'build' as const,
    generateBundle(this: Emitter) {
      for (const face of FACES) {
        const files = join(root, `node_modules/@fontsource/noto-sans-${face}/files`)
        for (const name of readdirSync(files)) {
          if (!NEEDED.test(name) || LEFT_OUT.test(name)) continue
          this.emitFile({
            type: 'asset',
            fileName: `fonts/${name}`,
            source: readFileSync(join(files, name)),
          })
        }
      }
      this.emitFile({ type: 'asset', fileName: 'fonts/LICENCES.txt', source: licences() })
    },
  }
}

/** Every font of the application with its licence, in documents and in the interface. */
function licences(): string {
  const packages = [
    ...FACES.map(face => `@fontsource/noto-sans-${face}`),
    '@fontsource-variable/inter',
    '@fontsource-variable/jetbrains-mono',
  ]
  const texts = packages.map(name => {
    const text = readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')
      .trim()
      .replace(/^Google Inc\.$/m, HAN_FACES)
    return `${name}\n${'='.repeat(name.length)}\n\n${text}\n`
  })
  return [ROBOTO, ...texts].join('\n\n')
}

/** What the faces for Japanese, Korean and Chinese say of themselves; their packages name who publishes them. */
const HAN_FACES = "(c) 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'."

const ROBOTO = `Roboto
======

Copyright 2011 The Roboto Project Authors (https://github.com/googlefonts/roboto-classic)

This Font Software is licensed under the SIL Open Font License, Version 1.1, whose text stands below with each of
the other fonts.
`
