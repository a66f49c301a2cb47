/**
 * What a mapping of a bill's columns to the FOCUS columns looks like. Mappings are data: ours are in `mappings/`,
 * and a workspace saves its own in the same form.
 */
import { z } from 'zod'
import { focusColumns } from './focus-columns.ts'

export const dimensionNames = ['Department', 'Project', 'User', 'Customer'] as const
export type DimensionName = (typeof dimensionNames)[number]

const SourceNames = z.array(z.string().min(1).max(200)).max(20)

/** A sum of columns, taken where another column has one of the given values. For costs and other numbers only. */
const Case = z.strictObject({
  column: SourceNames.min(1),
  is: z.array(z.string()).min(1),
  /** And only where this column is not empty. */
  filled: SourceNames.optional(),
  /** An empty list is the number 0. */
  sum: z.array(z.strictObject({ columns: SourceNames.min(1), minus: z.boolean().optional() })),
})

/** Where the value of one FOCUS column comes from. */
const ColumnRule = z.strictObject({
  /** Columns of the file; the first that has a value counts. Names are compared without case, spaces, `_`, `-`. */
  columns: SourceNames.default([]),
  /** The value where none of the columns has one. */
  constant: z.string().max(200).optional(),
  /** Texts replaced by others; what is not listed stays, or becomes `otherwise`. */
  values: z.record(z.string(), z.string()).optional(),
  otherwise: z.string().optional(),
  shift: z.enum(['next-day', 'month-start', 'next-month-start']).optional(),
  cases: z.array(Case).max(20).optional(),
})
export type ColumnRule = z.infer<typeof ColumnRule>

const targetNames = new Set<string>([
  ...focusColumns.map(column => column.name),
  ...dimensionNames,
  'ServiceId',
])

/** Whether a mapping can say where a column of this name comes from. */
export function isTarget(name: string): boolean {
  return targetNames.has(name)
}

export const BillMapping = z.strictObject({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  format: z.enum(['focus', 'aws-cur', 'azure-ea', 'csv']),
  /** A file is of this form where it has one column of every group. */
  recognise: z.array(SourceNames.min(1)),
  columns: z.record(z.string().refine(isTarget, { error: 'is not a FOCUS column' }), ColumnRule),
  tags: z.strictObject({
    /** Column with the tags of a row, as JSON or as `"key": "value"` pairs. */
    columns: SourceNames,
    /** Columns that each hold one tag: what follows the prefix is its key. */
    prefixes: z.array(z.string().min(1)),
  }),
  /** Texts that stand for no value. */
  nullTexts: z.array(z.string()).max(20),
  numberStyle: z.enum(['plain', 'grouped', 'decimal-comma']),
  dateStyle: z.enum(['iso', 'month-first', 'day-first']),
})
export type BillMapping = z.infer<typeof BillMapping>
export type BillFormat = BillMapping['format']
