/**
 * What the names of the demo's customers are made of, by country. The names are put together from parts, and any likeness to an organisation is chance; each stem carries a
 * Latin key, from which the customer's tag and mail domain are made where the name itself is in another script.
 */
export interface Locale {
  country: string
  currency: string
  timeZones: readonly string[]
  /** How many of the customers are from here. */
  customers: number
  stems: readonly (readonly [text: string, key: string])[]
  trades: readonly (readonly [text: string, key: string])[]
  /** How stem and trade become a name: `{s}` and `{t}`. */
  forms: readonly string[]
}

const same = (words: string): [string, string][] =>
  words.split(' ').map(word => [word.replaceAll('_', ' '), slug(word)])

/** Lower-case ASCII letters and digits of a text, with the accents of Latin letters taken off. */
export function slug(text: string): string {
  return text
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
}

export const LOCALES: readonly Locale[] = [
  {
    country: 'US',
    currency: 'USD',
    timeZones: ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'],
    customers: 56,
    stems: same(
      'Alder_Creek Bluestem Cedar_Point Copperline Driftwood Eastbank Fernhill Granite_Peak Harbor_View Ironbark Junegrass Kestrel Larkspur Mesa_Verde Northfork Oakridge Prairie Quailwood Redstone',
    ),
    trades: same(
      'Logistics Health Analytics Insurance Robotics Foods Energy Software Outfitters Labs Media Payments Education',
    ),
    forms: ['{s} {t}, Inc.', '{s} {t} LLC', '{s} {t}', '{s} {t} Corp.'],
  },
  {
    country: 'GB',
    currency: 'GBP',
    timeZones: ['Europe/London'],
    customers: 24,
    stems: same(
      'Ashdown Birchwood Calder Dunmore Elmstead Foxglove Greystone Hartwell Kingsmere Lindisfarne Marlowe',
    ),
    trades: same('Retail Freight Diagnostics Capital Publishing Water Rail Legal Homes'),
    forms: ['{s} {t} Ltd', '{s} {t} plc', '{s} & Sons {t} LLP'],
  },
  {
    country: 'DE',
    currency: 'EUR',
    timeZones: ['Europe/Berlin'],
    customers: 24,
    stems: same(
      'Nordhafen Schwarzbach Königsfeld Lindental Rheinufer Ostermühle Großheide Birkenwerder Süderelbe',
    ),
    trades: same('Logistik Maschinenbau Energie Medizintechnik Versicherung Verlag Werkzeuge Getränke'),
    forms: ['{s} {t} GmbH', '{s} {t} AG', '{s} {t} GmbH & Co. KG'],
  },
  {
    country: 'FR',
    currency: 'EUR',
    timeZones: ['Europe/Paris'],
    customers: 16,
    stems: same('Beaulieu Clairefontaine Montségur Rivesaltes Valombré Hautecombe Île-Rousse'),
    trades: same('Assurances Énergie Santé Transports Éditions Agroalimentaire'),
    forms: ['{s} {t} SAS', 'Société {s} {t} SA', 'Groupe {s} {t}'],
  },
  {
    country: 'NL',
    currency: 'EUR',
    timeZones: ['Europe/Amsterdam'],
    customers: 12,
    stems: same("Waterpoort Zuiderdijk Noordzijde IJsselkade Oudewerf 's-Gravenmeer"),
    trades: same('Logistiek Zorg Techniek Bloemen Scheepvaart'),
    forms: ['{s} {t} B.V.', '{s} {t} N.V.'],
  },
  {
    country: 'ES',
    currency: 'EUR',
    timeZones: ['Europe/Madrid'],
    customers: 10,
    stems: same('Peñalara Sierra_Blanca Montecillo Río_Claro Almazán'),
    trades: same('Seguros Energía Alimentación Turismo Construcción'),
    forms: ['{s} {t} S.L.', '{s} {t} S.A.'],
  },
  {
    country: 'IT',
    currency: 'EUR',
    timeZones: ['Europe/Rome'],
    customers: 9,
    stems: same('Valdarno Montechiaro Pontevecchio Sanlorenzo'),
    trades: same('Meccanica Moda Trasporti Ceramiche Farmaceutici'),
    forms: ['{s} {t} S.p.A.', '{s} {t} S.r.l.'],
  },
  {
    country: 'SE',
    currency: 'EUR',
    timeZones: ['Europe/Stockholm'],
    customers: 6,
    stems: same('Björkvik Östersund Åkerlund Fjällbris'),
    trades: same('Skog Verkstad Hälsa'),
    forms: ['{s} {t} AB'],
  },
  {
    country: 'PL',
    currency: 'EUR',
    timeZones: ['Europe/Warsaw'],
    customers: 6,
    stems: same('Białowieża Świętokrzyska Łąkowa Żuraw'),
    trades: same('Budownictwo Transport Żywność'),
    forms: ['{s} {t} Sp. z o.o.', '{s} {t} S.A.'],
  },
  {
    country: 'GR',
    currency: 'EUR',
    timeZones: ['Europe/Athens'],
    customers: 4,
    stems: [
      ['Αιγαίο', 'aigaio'],
      ['Παρνασσός', 'parnassos'],
      ['Θάλασσα', 'thalassa'],
    ],
    trades: [
      ['Ναυτιλιακή', 'naftiliaki'],
      ['Ενέργεια', 'energeia'],
    ],
    forms: ['{s} {t} Α.Ε.'],
  },
  {
    country: 'BR',
    currency: 'USD',
    timeZones: ['America/Sao_Paulo'],
    customers: 8,
    stems: same('Ipê_Amarelo Serra_Azul Araucária Pão_de_Açúcar'),
    trades: same('Logística Saúde Educação Alimentos'),
    forms: ['{s} {t} Ltda.', '{s} {t} S.A.'],
  },
  {
    country: 'JP',
    currency: 'JPY',
    timeZones: ['Asia/Tokyo'],
    customers: 22,
    stems: [
      ['青葉', 'aoba'],
      ['桜井', 'sakurai'],
      ['富士見', 'fujimi'],
      ['白川', 'shirakawa'],
      ['みなと', 'minato'],
      ['瑞穂野', 'mizuhono'],
      ['千歳', 'chitose'],
    ],
    trades: [
      ['物流', 'butsuryu'],
      ['食品', 'shokuhin'],
      ['システムズ', 'systems'],
      ['製作所', 'seisakusho'],
      ['保険', 'hoken'],
      ['エネルギー', 'energy'],
    ],
    forms: ['株式会社{s}{t}', '{s}{t}株式会社', '合同会社{s}{t}'],
  },
  {
    country: 'KW',
    currency: 'KWD',
    timeZones: ['Asia/Kuwait'],
    customers: 8,
    stems: [
      ['الواحة', 'alwaha'],
      ['الخليج الأزرق', 'khalij-azraq'],
      ['النخيل', 'alnakhil'],
      ['السدرة', 'alsidra'],
    ],
    trades: [
      ['للتجارة', 'trading'],
      ['للتأمين', 'takaful'],
      ['للخدمات اللوجستية', 'logistics'],
    ],
    forms: ['شركة {s} {t} ذ.م.م', 'مجموعة {s} {t}'],
  },
  {
    country: 'AE',
    currency: 'USD',
    timeZones: ['Asia/Dubai'],
    customers: 4,
    stems: same('Marjan Falaj Sadaf'),
    trades: same('Hospitality Aviation'),
    forms: ['{s} {t} FZ-LLC'],
  },
  {
    country: 'KR',
    currency: 'USD',
    timeZones: ['Asia/Seoul'],
    customers: 6,
    stems: [
      ['한여울', 'hanyeoul'],
      ['새벽', 'saebyeok'],
      ['푸른솔', 'pureunsol'],
    ],
    trades: [
      ['물류', 'mullyu'],
      ['소프트웨어', 'software'],
      ['바이오', 'bio'],
    ],
    forms: ['주식회사 {s}{t}', '{s}{t}(주)'],
  },
  {
    country: 'TW',
    currency: 'USD',
    timeZones: ['Asia/Taipei'],
    customers: 5,
    stems: [
      ['玉山川', 'yushanchuan'],
      ['明湖', 'minghu'],
      ['長青', 'changqing'],
    ],
    trades: [
      ['電子', 'dianzi'],
      ['物流', 'wuliu'],
    ],
    forms: ['{s}{t}股份有限公司'],
  },
  {
    country: 'IN',
    currency: 'USD',
    timeZones: ['Asia/Kolkata'],
    customers: 7,
    stems: [
      ['नीलगिरी', 'nilgiri'],
      ['Suryakund', 'suryakund'],
      ['Kaveri Valley', 'kaverivalley'],
    ],
    trades: same('Textiles Pharma Finserv'),
    forms: ['{s} {t} Pvt. Ltd.'],
  },
  {
    country: 'CA',
    currency: 'USD',
    timeZones: ['America/Toronto', 'America/Vancouver', 'America/St_Johns'],
    customers: 6,
    stems: same('Saguenay Tamarack Baie-Verte'),
    trades: same('Forestry Credit_Union Aérospatiale'),
    forms: ['{s} {t} Inc.', '{s} {t} Ltée'],
  },
  {
    country: 'AU',
    currency: 'USD',
    timeZones: ['Australia/Sydney', 'Australia/Adelaide'],
    customers: 4,
    stems: same('Wattle_Bay Coolabah'),
    trades: same('Mining Wines'),
    forms: ['{s} {t} Pty Ltd'],
  },
  {
    country: 'UA',
    currency: 'EUR',
    timeZones: ['Europe/Kyiv'],
    customers: 3,
    stems: [
      ['Дніпрова хвиля', 'dniprova-khvylia'],
      ['Калина', 'kalyna'],
    ],
    trades: [
      ['Агро', 'agro'],
      ['Логістика', 'lohistyka'],
    ],
    forms: ['ТОВ «{s} {t}»'],
  },
]

/** Real ledgers hold names that no column was made for. These take the place of made names, by country. */
export const LONG_NAMES: readonly (readonly [country: string, name: string, key: string])[] = [
  [
    'DE',
    'Genossenschaft der landwirtschaftlichen Bezugs- und Absatzbetriebe Mecklenburgische Seenplatte und Uckermark eG',
    'glba-seenplatte',
  ],
  [
    'FR',
    'Société coopérative d’intérêt collectif pour la mobilité partagée et la transition énergétique du Haut-Valombré',
    'scic-haut-valombre',
  ],
  [
    'GB',
    'The Worshipful and Ancient Company of Instrument Makers, Chart Sellers and Chronometer Repairers of Great Marlowe',
    'instrument-makers-marlowe',
  ],
  [
    'US',
    'Intermountain & Great Basin Rural Electric and Telephone Cooperative Purchasing Association',
    'igbretc',
  ],
  ['JP', '一般社団法人北海道東部地域再生可能エネルギー共同利用推進機構', 'hokkaido-saiene'],
  [
    'KW',
    'الشركة الكويتية المتحدة للاستيراد والتصدير والخدمات اللوجستية والتخزين المبرد والمناولة ش.م.ك.م',
    'kuwait-united',
  ],
]
