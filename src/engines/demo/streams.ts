import { PROJECTS } from './catalog/organisation.ts'
import type { DemoCustomer } from './customers.ts'
import { type Day, firstDay, type Month, monthPlus } from './days.ts'
import type { BillingAccount, Placement, Stream, SubAccount } from './model.ts'
import { type Random, randomOf } from './random.ts'

/** The time that the demo's bills cover. */
export interface Span {
  startMonth: Month
  endMonth: Month
  start: Day
  /** The day after the last month. */
  end: Day
  /** The day after the last day that there are costs of: before `end` while the last month is still running. */
  until: Day
}

/** Every resource that the placements of an account stand for, as the streams that make its cost lines. */
export function streamsOf(
  seed: string,
  account: BillingAccount,
  placements: readonly Placement[],
  customers: readonly DemoCustomer[],
  span: Span,
): Stream[] {
  return placements.flatMap(placement => {
    const from =
      placement.from === undefined ? span.start : firstDay(monthPlus(span.endMonth, -placement.from))
    return Array.from({ length: placement.count[1] }, (_, index) =>
      streamOf(seed, account, placement, index, from, tenants(customers, placement), span),
    )
  })
}

/** The customers that can have resources of their own in a place: European ones in European regions. */
function tenants(customers: readonly DemoCustomer[], placement: Placement): DemoCustomer[] {
  const european = placement.account.includes('eu')
  return customers.filter(
    customer =>
      customer.tier === 'enterprise' &&
      customer.churnDay === null &&
      (placement.region === null || ['EUR', 'GBP'].includes(customer.currency) === european),
  )
}

function streamOf(
  seed: string,
  account: BillingAccount,
  placement: Placement,
  index: number,
  from: Day,
  candidates: readonly DemoCustomer[],
  span: Span,
): Stream {
  const subAccount = account.subAccounts.find(sub => sub.key === placement.account)!
  const sku = account.skus.find(item => item.key === placement.sku)!
  const region = account.regions.find(item => item.id === placement.region) ?? null
  const project = PROJECTS.find(item => item.key === placement.project)!
  const customer = placement.dedicated === true ? candidates[index % candidates.length]!.key : null
  const name = `${placement.role}-${customer ?? String(index + 1).padStart(2, '0')}`
  const place = [account.key, placement.account, placement.region, placement.role, index].join('/')
  const random = randomOf(`${seed}/resource/${sku.resourceType}/${place}`)
  return {
    key: `${place}/${sku.key}`,
    account,
    subAccount,
    service: account.services.find(item => item.key === sku.service)!,
    sku,
    region,
    zone: sku.places === 0 && region !== null ? region.zones[index % region.zones.length]! : null,
    resource:
      sku.resourceType === null
        ? null
        : {
            id: resourceId(account, subAccount, sku.resourceType, placement, name, random.hex(16)),
            name,
            type: sku.resourceType,
          },
    tags:
      placement.untagged === true
        ? ''
        : JSON.stringify({
            ...(customer === null ? {} : { customer }),
            department: project.department,
            env: placement.env,
            owner: project.owner,
            project: project.key,
          }),
    customer,
    project: project.key,
    department: project.department,
    env: placement.env,
    from: joins(placement, index, from, span, random),
    to: span.end,
    perDay: placement.perDay,
    shape: placement.shape,
    follows: placement.follows ?? 0,
    story: placement.story ?? null,
  }
}

/**
 * The first resources are there from the beginning; the others join over time, each somewhere in its own part
 * of it. After a launch that time is half a year.
 */
function joins(placement: Placement, index: number, from: Day, span: Span, random: Random): Day {
  const [first, last] = placement.count
  if (index < first) return from
  const part = (placement.story === 'launch' ? 180 : span.end - from) / (last - first)
  return from + Math.floor(part * (index - first)) + random.below(Math.floor(part))
}

/** An identifier as the vendor would write it. */
function resourceId(
  account: BillingAccount,
  subAccount: SubAccount,
  type: string,
  placement: Placement,
  name: string,
  hex: string,
): string {
  const kind = type.toLowerCase().replaceAll(' ', '-')
  switch (account.vendor) {
    case 'aws':
      if (type === 'Instance') return `i-0${hex}`
      if (type === 'Volume') return `vol-0${hex}`
      if (type === 'Snapshot') return `snap-0${hex}`
      if (type === 'Bucket') return `arn:aws:s3:::fathomline-${name}-${placement.region}`
      return `arn:aws:${kind}:${placement.region}:${subAccount.id}:${kind}/${name}`
    case 'microsoft':
      return `${subAccount.id}/resourcegroups/rg-${placement.project}/providers/microsoft.${kind}/${name}-${hex.slice(0, 6)}`
    case 'google':
      return `//${kind}.googleapis.com/projects/${subAccount.id}/locations/${placement.region}/${name}`
    default:
      return `apikey_01${hex}`
  }
}
