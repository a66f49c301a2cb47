import { type Faces, type Han, MAIN_FACE } from './faces.ts'

type Node = Readonly<Record<string, unknown>>

const CHILDREN = ['stack', 'columns'] as const

/**
 * A definition of pdfmake in which every text is cut into the faces that have its characters. A node may say
 * `han: 'jp' | 'kr' | 'sc'` for itself and what is in it; one with words from right to left says in `reads` what it
 * reads as, in the order of reading.
 */
export function withFaces(node: unknown, faces: Faces, han: Han): unknown {
  if (Array.isArray(node)) return node.map(one => withFaces(one, faces, han))
  if (typeof node === 'string') return withFaces({ text: node }, faces, han)
  if (!isNode(node)) return node
  const { han: own = han, ...rest } = node as Node & { han?: Han }
  const made: Record<string, unknown> = rest
  if ('text' in rest) {
    made.text = textOf(rest.text, faces, own)
    if (runsBackwards(made.text)) made.reads = logicalText(rest.text)
  }
  for (const name of CHILDREN) if (name in rest) made[name] = withFaces(rest[name], faces, own)
  if (isNode(rest.table)) made.table = { ...rest.table, body: withFaces(rest.table.body, faces, own) }
  return made
}

/** A text as it is where the main face suffices, else its parts. */
function textOf(text: unknown, faces: Faces, han: Han): unknown {
  if (Array.isArray(text)) return text.flatMap(part => partsOf(part, faces, han))
  if (typeof text !== 'string') return text
  const parts = partsOf(text, faces, han)
  return parts.length === 1 && typeof parts[0] === 'string' ? parts[0] : parts
}

/** Parts stand side by side and carry their style, because the library forgets that of a part within a part. */
function partsOf(part: unknown, faces: Faces, han: Han): unknown[] {
  if (typeof part === 'string') {
    const runs = faces.runsOf(part, han)
    return runs.length === 1 && isPlain(runs[0]!) ? [part] : runs
  }
  if (!isNode(part) || typeof part.text !== 'string') return [part]
  const { han: own = han, text, ...style } = part as Node & { han?: Han; text: string }
  return faces
    .runsOf(text, own)
    .map(run => (isPlain(run) ? { ...style, text: run.text } : { ...style, ...run }))
}

/** Words from right to left are written where they are seen; what the node reads as is said beside it. */
function runsBackwards(text: unknown): boolean {
  return Array.isArray(text) && text.some(part => isNode(part) && Number(part.bidiLevel) % 2 === 1)
}

function logicalText(text: unknown): string {
  if (Array.isArray(text)) return text.map(logicalText).join('')
  return isNode(text) ? logicalText(text.text) : String(text)
}

function isPlain(run: ReturnType<Faces['runsOf']>[number]): boolean {
  return run.font === MAIN_FACE && run.actual === undefined && run.bidiLevel === undefined
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
