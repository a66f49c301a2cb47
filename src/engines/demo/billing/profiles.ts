import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import type { BillingProfile } from '#shared/contract/billing/customers.ts'
import type { DemoCustomer } from '../customers.ts'
import { type Random, randomOf } from '../random.ts'
import { regionOf } from './sellers.ts'
import { US_STATES } from './tax-rules.ts'

/** A place of a country, and how tax numbers of its customers look. All of it is made up. */
interface Place {
  readonly city: string
  readonly streets: readonly string[]
  /** `#` is a digit. */
  readonly postcode: string
  readonly taxId: string
}

const place = (city: string, streets: string, postcode: string, taxId: string): Place => ({
  ...{ city, postcode, taxId },
  streets: streets.split(', '),
})

const PLACES: Readonly<Record<string, Place>> = {
  US: place('Springfield', 'Harbor Street, Mill Road, 4th Avenue', '4####', ''),
  GB: place('Marlow', 'Foundry Lane, Station Road, Quay Street', 'MX# #QD', 'GB#########'),
  DE: place('Neustadt', 'Lindenweg, Am Hafen, Werkstraße', '9####', 'DE#########'),
  FR: place('Villeneuve', 'rue des Forges, quai du Port, avenue du Lac', '8####', 'FR###########'),
  NL: place('Nieuwveen', 'Havenkade, Molenweg, Stationsplein', '2### QD', 'NL#########B01'),
  ES: place('Villanueva', 'Calle del Puerto, Avenida del Mar', '4####', 'ESB########'),
  IT: place('Borgonuovo', 'Via del Porto, Corso Nuovo', '4####', 'IT###########'),
  SE: place('Nystad', 'Hamngatan, Kvarnvägen', '7## ##', 'SE##########01'),
  PL: place('Nowe Miasto', 'ul. Portowa, ul. Fabryczna', '8#-###', 'PL##########'),
  GR: place('Νέα Πόλη', 'Οδός Λιμένος, Λεωφόρος Θαλάσσης', '6## ##', 'EL#########'),
  BR: place('Vila Nova', 'Rua do Porto, Avenida do Mar', '8####-###', '##.###.###/0001-##'),
  JP: place('新町', '港通り, 中央', '###-####', 'T#############'),
  KW: place('Kuwait City', 'Harbour Street, Gulf Road', '1####', ''),
  AE: place('Dubai', 'Marina Walk, Creek Road', 'P.O. Box ####', '1##############'),
  KR: place('신도시', '항구로, 중앙로', '0####', '###-##-#####'),
  TW: place('新城', '港口路, 中山路', '9##', '########'),
  IN: place('Navapur', 'Harbour Road, MG Road', '4#####', '27ABCDE####F1Z#'),
  CA: place('Newport', 'Harbour Street, King Street', 'B#H #X#', ''),
  AU: place('Newhaven', 'Wharf Street, Beach Road', '3###', '## ### ### ###'),
  UA: place('Нове Місто', 'вул. Портова, вул. Заводська', '6####', '##########'),
}

/** What invoices to a customer say besides their lines: where it is, its tax number, its terms of payment. */
export function profileOf(seed: string, customer: DemoCustomer): BillingProfile {
  const random = randomOf(`${seed}/billing/profile/${customer.key}`)
  const { country, tier, name } = customer
  const digits = (pattern: string) => digitsFor(pattern, random)
  const where = PLACES[country]
  if (where === undefined) throw new RangeError(`no place in ${country}`)
  const large = tier === 'enterprise'
  return {
    legalName: name,
    address: addressOf(seed, customer, where, random),
    taxId: taxIdOf(where.taxId, country, random),
    // The rules of tax say it.
    taxRate: null,
    paymentDays: large ? 45 : tier === 'professional' ? 30 : 14,
    purchaseOrder: large && random.below(3) > 0 ? `PO-${digits('######')}` : '',
  }
}

/** Each `#` of a pattern as a digit. */
function digitsFor(pattern: string, random: Random): string {
  return pattern.replaceAll('#', () => String(random.below(10)))
}

function addressOf(seed: string, { country, key }: DemoCustomer, where: Place, random: Random): string[] {
  const [street, house] = [random.pick(where.streets), random.between(1, 180)]
  if (country !== 'US') return [`${street} ${house}`, `${digitsFor(where.postcode, random)} ${where.city}`]
  const region = regionOf(seed, key)
  const { place: town } = US_STATES.find(one => one.region === region)!
  return [`${house} ${street}`, digitsFor(town, random)]
}

/** A tax number that looks right: where its country publishes how a check digit is computed, that too. */
function taxIdOf(pattern: string, country: string, random: Random): string {
  for (;;) {
    const number = digitsFor(pattern, random)
    const read = readVatNumber(number, country)
    if (read.ok || read.reason === 'country') return number
  }
}
