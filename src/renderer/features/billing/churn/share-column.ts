import { numberColumn } from '#renderer/ui/grid/columns.tsx'

/** A share, a decimal of four places such as 0.0125, as per cent: a bigint of hundredths of one per cent. */
export function shareColumn<T>(column: {
  readonly id: string
  readonly header: string
  readonly hint?: string
  readonly value: (row: T) => string | null | undefined
}) {
  const { value, ...rest } = column
  return numberColumn<T>({
    ...{ ...rest, width: 104, places: 2, unit: '%' },
    value: row => {
      const share = value(row)
      return share == null ? null : BigInt(share.replace('.', ''))
    },
  })
}
