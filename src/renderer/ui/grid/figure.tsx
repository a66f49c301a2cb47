import { decimalText } from '#renderer/ui/format/decimal.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'

/** A number in the person's signs, with its unit. */
export function Figure({
  value,
  places = 0,
  unit,
}: {
  readonly value: number | bigint | null | undefined
  readonly places?: number
  readonly unit?: string | undefined
}) {
  const format = useFormat()
  if (value == null) return null
  const text =
    typeof value === 'bigint' ? format.decimal(decimalText(value, places)) : format.number(value, places)
  return unit ? `${text} ${unit}` : text
}
