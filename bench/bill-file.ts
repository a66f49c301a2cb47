/** A FOCUS file of any size, from a seed: 50 columns, about 630 bytes a row, one billing period of one account. */
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

const COLUMNS = [
  'AvailabilityZone,BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd',
  'BillingPeriodStart,CapacityReservationId,CapacityReservationStatus,ChargeCategory,ChargeClass,ChargeDescription',
  'ChargeFrequency,ChargePeriodEnd,ChargePeriodStart,CommitmentDiscountCategory,CommitmentDiscountId',
  'CommitmentDiscountName,CommitmentDiscountQuantity,CommitmentDiscountStatus,CommitmentDiscountType',
  'CommitmentDiscountUnit,ConsumedQuantity,ConsumedUnit,ContractedCost,ContractedUnitPrice,EffectiveCost',
  'InvoiceIssuerName,ListCost,ListUnitPrice,PricingCategory,PricingQuantity,PricingUnit,ProviderName',
  'PublisherName,RegionId,RegionName,ResourceId,ResourceName,ResourceType,ServiceCategory,ServiceName',
  'ServiceSubcategory,SkuId,SkuMeter,SkuPriceDetails,SkuPriceId,SubAccountId,SubAccountName,Tags',
].join(',')

const SERVICES = ['Amazon EC2', 'Amazon S3', 'AWS Lambda', 'Amazon RDS', 'AmazonCloudWatch']

/** Writes the file unless it is there. Gives its path. */
export async function billFile(path: string, rows: number): Promise<string> {
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const out = createWriteStream(`${path}.part`)
  out.write(`${COLUMNS}\n`)
  let seed = 42
  const below = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return (seed >>> 8) % n
  }
  let text = ''
  for (let i = 0; i < rows; i++) {
    text += row(i / rows, below)
    if (text.length > 1 << 20) {
      if (!out.write(text)) await new Promise<void>(resolve => out.once('drain', resolve))
      text = ''
    }
  }
  out.end(text)
  await finished(out)
  renameSync(`${path}.part`, path)
  return path
}

function row(share: number, below: (n: number) => number): string {
  const day = `2024-09-${String(1 + Math.floor(share * 28)).padStart(2, '0')}`
  const hour = below(23)
  const at = (h: number) => `${day}T${String(h).padStart(2, '0')}:00:00Z`
  const service = SERVICES[below(SERVICES.length)]
  const quantity = (below(1_000_000) / 10_000).toFixed(6)
  const cost = (Number(quantity) * 0.085).toFixed(11)
  const resource = below(10) < 8 ? `arn:aws:ec2:us-west-2:123456789012:instance/i-${below(20_000)}` : ''
  const tags =
    below(10) < 6
      ? `"{""application"": ""app${below(40)}"", ""environment"": ""prod"", ""business_unit"": ""bu${below(8)}""}"`
      : ''
  const sku = below(300)
  const account = below(70)
  return [
    ...[`us-west-2${'abc'[below(3)]}`, cost, '1234567890123', 'SunBird', 'USD', '2024-10-01T00:00:00Z'],
    ...['2024-09-01T00:00:00Z', '', '', 'Usage', '', `"$0.085 per GB - ${service} usage, tier ${below(30)}"`],
    ...[
      'Usage-Based',
      at(hour + 1),
      at(hour),
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      quantity,
      'GB',
      cost,
      '0.0850000000',
      cost,
    ],
    ...['"Amazon Web Services, Inc."', cost, '0.0850000000', 'Standard', quantity, 'GB', 'AWS'],
    ...[
      '"Amazon Web Services, Inc."',
      'us-west-2',
      'US West (Oregon)',
      resource,
      '',
      'instance',
      'Compute',
      service,
    ],
    ...[
      'Virtual Machines',
      `SKU${sku}`,
      `BoxUsage:c5.${below(9)}xlarge`,
      '',
      `SKU${sku}.JRTCKXETXF.6YS6EN2CT7`,
    ],
    ...[`${11353890204 + account}`, `Atlas Orion ${account}`, tags],
  ]
    .join(',')
    .concat('\n')
}
