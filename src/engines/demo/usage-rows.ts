import type { BillContext } from './bills.ts'
import { type Coverage, type Covered, cover } from './coverage.ts'
import { type Day, firstDay, instantOf, type Month, monthPlus } from './days.ts'
import {
  amountOf,
  amountText,
  decimalText,
  type Micro,
  PRICE_PLACES,
  type Price,
  perMille,
  priceOf,
  QUANTITY_PLACES,
  quantityText,
} from './decimal.ts'
import { AT, type DemoValues } from './focus-columns.ts'
import type { Sku, Stream } from './model.ts'
import { randomOf } from './random.ts'
import { blankRow, setResource, setService, setSubAccount } from './row-parts.ts'
import { usageOn } from './usage.ts'

/** The metered cost lines of one bill: one for each stream and day, two where a commitment pays a part. */
export function* usageRows(context: BillContext, coverage: Coverage): Generator<DemoValues> {
  const { company, account, month, start, end, until } = context
  for (const stream of company.streams) {
    if (stream.account !== account || stream.from >= until) continue
    const { template, list, contracted } = templateOf(context, stream)
    const random = randomOf(`${company.seed}/usage/${stream.key}/${month}`)
    for (let day = Math.max(start, stream.from); day < until; day++) {
      const quantity = usageOn(
        stream,
        day,
        end - 1,
        company.growth[day - company.span.start]!,
        company.storyDays,
        random,
      )
      if (quantity === 0) continue
      const covered = cover(coverage, stream, day, day - start, quantity)
      if (covered !== null && covered.quantity > 0) {
        yield row(template, stream.sku, day, covered.quantity, list, contracted, covered)
      }
      const rest = quantity - (covered?.quantity ?? 0)
      if (rest > 0) yield row(template, stream.sku, day, rest, list, contracted, null)
    }
  }
}

function row(
  template: DemoValues,
  sku: Sku,
  day: Day,
  quantity: Micro,
  list: Price,
  contracted: Price,
  covered: Covered | null,
): DemoValues {
  const values = template.slice()
  const agreed = amountText(amountOf(contracted, quantity))
  values[AT.ChargePeriodStart] = instantOf(day)
  values[AT.ChargePeriodEnd] = instantOf(day + 1)
  values[AT.PricingQuantity] = quantityText(quantity)
  values[AT.ConsumedQuantity] = decimalText(BigInt(quantity) * BigInt(sku.consumedPer), QUANTITY_PLACES)
  values[AT.ListCost] = amountText(amountOf(list, quantity))
  values[AT.ContractedCost] = agreed
  if (covered === null) {
    values[AT.BilledCost] = agreed
    values[AT.EffectiveCost] = agreed
    return values
  }
  const { commitment } = covered
  values[AT.BilledCost] = '0'
  values[AT.EffectiveCost] = amountText(covered.effective)
  values[AT.PricingCategory] = 'Committed'
  values[AT.CommitmentDiscountCategory] = commitment.category
  values[AT.CommitmentDiscountId] = commitment.id
  values[AT.CommitmentDiscountName] = commitment.name
  values[AT.CommitmentDiscountType] = commitment.type
  values[AT.CommitmentDiscountStatus] = 'Used'
  values[AT.CommitmentDiscountQuantity] = amountText(covered.taken)
  values[AT.CommitmentDiscountUnit] = commitment.unit
  return values
}

/** What all lines of a stream in a month have in common. */
function templateOf(
  context: BillContext,
  stream: Stream,
): { template: DemoValues; list: Price; contracted: Price } {
  const { account, sku, region } = stream
  const { price, version } = priceIn(sku, context.month, context.company.span.endMonth)
  const list = perMille(price, region?.factor ?? 1000)
  const contracted = perMille(list, account.negotiated)
  const values = blankRow(context)
  setSubAccount(values, account, stream.subAccount)
  setService(values, account, stream.service)
  setResource(values, stream)
  values[AT.ChargeCategory] = 'Usage'
  values[AT.ChargeFrequency] = 'Usage-Based'
  values[AT.ChargeDescription] = region === null ? sku.description : `${sku.description} in ${region.name}`
  values[AT.PricingCategory] = 'Standard'
  values[AT.PricingUnit] = sku.unit
  values[AT.ConsumedUnit] = sku.consumedUnit
  values[AT.ListUnitPrice] = decimalText(list, PRICE_PLACES)
  values[AT.ContractedUnitPrice] = decimalText(contracted, PRICE_PLACES)
  values[AT.SkuId] = `${sku.service}/${sku.key}`
  values[AT.SkuPriceId] =
    `${sku.service}/${sku.key}/${region?.id ?? 'global'}/${account.currency}/v${version}`
  values[AT.SkuMeter] = sku.meter
  values[AT.SkuPriceDetails] = sku.details ?? ''
  values[AT.Tags] = stream.tags
  return { template: values, list, contracted }
}

/** The list price of a SKU in a month, and which of its prices that is, counted from one. */
export function priceIn(sku: Sku, month: Month, endMonth: Month): { price: Price; version: number } {
  const later = sku.prices[1]
  return later !== undefined && firstDay(month) >= firstDay(monthPlus(endMonth, -later.monthsBeforeEnd!))
    ? { price: priceOf(later.price), version: 2 }
    : { price: priceOf(sku.prices[0]!.price), version: 1 }
}
