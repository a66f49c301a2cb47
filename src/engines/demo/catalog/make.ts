import type { Placement, Region, Service, Shape, Sku } from '../model.ts'

/** A service of the catalogue in one line. */
export function service(
  key: string,
  name: string,
  category: string,
  subcategory: string,
  publisher?: string,
): Service {
  return publisher === undefined
    ? { key, name, category, subcategory }
    : { key, name, category, subcategory, publisher }
}

/** What most SKUs do not need to say. */
interface SkuOptions {
  places?: number
  consumedUnit?: string
  consumedPer?: number
  type?: string
  committed?: number
  details?: string
  /** A later list price: months before the end, and the price. */
  later?: readonly [monthsBeforeEnd: number, price: string]
}

/** A SKU of the catalogue in one line. `price` is the list price in the account's currency. */
export function sku(
  key: string,
  of: string,
  meter: string,
  unit: string,
  price: string,
  description: string,
  options: SkuOptions = {},
): Sku {
  return {
    key,
    service: of,
    meter,
    description,
    unit,
    prices: [
      { monthsBeforeEnd: null, price },
      ...(options.later === undefined
        ? []
        : [{ monthsBeforeEnd: options.later[0], price: options.later[1] }]),
    ],
    places: options.places ?? 3,
    consumedUnit: options.consumedUnit ?? unit,
    consumedPer: options.consumedPer ?? 1,
    resourceType: options.type ?? null,
    ...(options.committed === undefined ? {} : { committed: options.committed }),
    ...(options.details === undefined ? {} : { details: options.details }),
  }
}

/** A region with its zones `a`, `b` and `c` in the vendor's spelling. */
export function region(id: string, name: string, factor: number, zones: readonly string[]): Region {
  return { id, name, factor, zones }
}

/** FOCUS-defined SKU price details of a machine. */
export function machine(instanceType: string, cores: number, memory: number): string {
  return JSON.stringify({ CoreCount: cores, InstanceType: instanceType, MemorySize: memory })
}

/** Where resources are and what they are for. */
export type Where = Pick<Placement, 'account' | 'region' | 'project' | 'env'>

export function at(account: string, regionId: string | null, project: string, env: Placement['env']): Where {
  return { account, region: regionId, project, env }
}

/** A placement in one line: some resources of one SKU in one place. */
export function put(
  where: Where,
  skuKey: string,
  role: string,
  count: Placement['count'],
  perDay: number,
  shape: Shape,
  options: Pick<Placement, 'follows' | 'from' | 'story' | 'dedicated' | 'untagged'> = {},
): Placement {
  return { ...where, sku: skuKey, role, count, perDay, shape, ...options }
}
