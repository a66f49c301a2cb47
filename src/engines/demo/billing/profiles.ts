import type { BillingProfile } from '#shared/contract/billing/customers.ts'
import type { DemoCustomer } from '../customers.ts'
import { randomOf } from '../random.ts'

/** A place of a country, what tax its customers pay, and how their tax numbers begin. All of it is made up. */
interface Place {
  readonly city: string
  readonly streets: readonly string[]
  /** `#` is a digit. */
  readonly postcode: string
  readonly taxRate: string
  readonly taxId: string
}

const place = (city: string, streets: string, postcode: string, taxRate: string, taxId: string): Place => ({
  ...{ city, postcode, taxRate, taxId },
  streets: streets.split(', '),
})

const PLACES: Readonly<Record<string, Place>> = {
  US: place('Springfield', 'Harbor Street, Mill Road, 4th Avenue', '4####', '0', ''),
  GB: place('Marlow', 'Foundry Lane, Station Road, Quay Street', 'MX# #QD', '0.2', 'GB#########'),
  DE: place('Neustadt', 'Lindenweg, Am Hafen, Werkstraße', '9####', '0.19', 'DE#########'),
  FR: place('Villeneuve', 'rue des Forges, quai du Port, avenue du Lac', '8####', '0.2', 'FR###########'),
  NL: place('Nieuwveen', 'Havenkade, Molenweg, Stationsplein', '2### QD', '0.21', 'NL#########B01'),
  ES: place('Villanueva', 'Calle del Puerto, Avenida del Mar', '4####', '0.21', 'ESB########'),
  IT: place('Borgonuovo', 'Via del Porto, Corso Nuovo', '4####', '0.22', 'IT###########'),
  SE: place('Nystad', 'Hamngatan, Kvarnvägen', '7## ##', '0.25', 'SE##########01'),
  PL: place('Nowe Miasto', 'ul. Portowa, ul. Fabryczna', '8#-###', '0.23', 'PL##########'),
  GR: place('Νέα Πόλη', 'Οδός Λιμένος, Λεωφόρος Θαλάσσης', '6## ##', '0.24', 'EL#########'),
  BR: place('Vila Nova', 'Rua do Porto, Avenida do Mar', '8####-###', '0', '##.###.###/0001-##'),
  JP: place('新町', '港通り, 中央', '###-####', '0.1', 'T#############'),
  KW: place('Kuwait City', 'Harbour Street, Gulf Road', '1####', '0', ''),
  AE: place('Dubai', 'Marina Walk, Creek Road', 'P.O. Box ####', '0.05', '1##############'),
  KR: place('신도시', '항구로, 중앙로', '0####', '0.1', '###-##-#####'),
  TW: place('新城', '港口路, 中山路', '9##', '0.05', '########'),
  IN: place('Navapur', 'Harbour Road, MG Road', '4#####', '0.18', '27ABCDE####F1Z#'),
  CA: place('Newport', 'Harbour Street, King Street', 'B#H #X#', '0', ''),
  AU: place('Newhaven', 'Wharf Street, Beach Road', '3###', '0.1', '## ### ### ###'),
  UA: place('Нове Місто', 'вул. Портова, вул. Заводська', '6####', '0.2', '##########'),
}

/** What invoices to a customer say besides their lines: where it is, its tax, its terms of payment. */
export function profileOf(seed: string, customer: DemoCustomer): BillingProfile {
  const random = randomOf(`${seed}/billing/profile/${customer.key}`)
  const { country, tier, name } = customer
  const digits = (pattern: string) => pattern.replaceAll('#', () => String(random.below(10)))
  const where = PLACES[country]
  if (where === undefined) throw new RangeError(`no place in ${country}`)
  const large = tier === 'enterprise'
  return {
    legalName: name,
    address: [
      `${random.pick(where.streets)} ${random.between(1, 180)}`,
      `${digits(where.postcode)} ${where.city}`,
    ],
    taxId: digits(where.taxId),
    taxRate: where.taxRate,
    paymentDays: large ? 45 : tier === 'professional' ? 30 : 14,
    purchaseOrder: large && random.below(3) > 0 ? `PO-${digits('######')}` : '',
  }
}
