import roboto from 'pdfmake/build/fonts/Roboto.js'

let fonts: Record<string, Record<string, Buffer>> | null = null

/** The faces that documents are set in, embedded in every one of them: Latin, Greek and Cyrillic. */
export function documentFonts(): Record<string, Record<string, Buffer>> {
  fonts ??= {
    Roboto: {
      normal: face('Roboto-Regular.ttf'),
      bold: face('Roboto-Medium.ttf'),
      italics: face('Roboto-Italic.ttf'),
    },
  }
  return fonts
}

function face(name: string): Buffer {
  const file = roboto.vfs[name]
  if (!file) throw new Error(`no font ${name}`)
  return Buffer.from(file.data, file.encoding)
}
