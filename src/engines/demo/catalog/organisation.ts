/** The roles that people of a workspace can have. */
export type DemoRole = 'analyst' | 'approver' | 'ops' | 'admin' | 'auditor'

/** A person of the demo's workspace. */
export interface DemoPerson {
  /** Unique, lower-case ASCII. */
  key: string
  name: string
  email: string
  role: DemoRole
  /** IANA zone. */
  timeZone: string
}

/** What the demo's company is called and where it is at home. */
export const WORKSPACE = {
  name: 'Fathomline (demo)',
  legalName: 'Fathomline, Inc.',
  product: 'Analytics for operational data, as a service',
  homeCurrency: 'USD',
  timeZone: 'America/New_York',
  country: 'US',
  /** What its invoices say of it. */
  documents: {
    legalName: 'Fathomline, Inc.',
    address: ['1 Sounding Way, Suite 400', 'Portland, ME 04101', 'United States'],
    taxId: 'US 00-0000000',
    country: 'US',
    email: 'billing@fathomline.example',
    footer: 'This is an invoice of a made-up company. Do not pay it.',
  },
} as const

const person = (name: string, key: string, role: DemoRole, timeZone: string): DemoPerson => ({
  key,
  name,
  email: `${key}@fathomline.example`,
  role,
  timeZone,
})

/** The people of the workspace: at least one for each role, two where a decision needs two. */
export const PEOPLE: readonly DemoPerson[] = [
  person('Amara Okafor', 'amara.okafor', 'analyst', 'America/New_York'),
  person('Jürgen Weiß', 'jurgen.weiss', 'analyst', 'Europe/Berlin'),
  person('Noor al-Sabah', 'noor.alsabah', 'approver', 'Asia/Kuwait'),
  person('Tom Hendriksen', 'tom.hendriksen', 'approver', 'Europe/Amsterdam'),
  person('高橋 美咲', 'misaki.takahashi', 'ops', 'Asia/Tokyo'),
  person('Diego Márquez', 'diego.marquez', 'ops', 'America/New_York'),
  person('Priya Raman', 'priya.raman', 'admin', 'America/New_York'),
  person('Élodie Lefèvre', 'elodie.lefevre', 'auditor', 'Europe/Paris'),
]

export const DEPARTMENTS = [
  'Platform',
  'Product',
  'Data',
  'Machine Learning',
  'Customer Success',
  'Internal IT',
] as const

export interface DemoProject {
  key: string
  name: string
  department: (typeof DEPARTMENTS)[number]
  /** Mail address of who answers for it: the value of the `owner` tag. */
  owner: string
}

const project = (
  key: string,
  name: string,
  department: DemoProject['department'],
  owner: string,
): DemoProject => ({ key, name, department, owner: `${owner}@fathomline.example` })

/** The projects that cost lines are tagged with. */
export const PROJECTS: readonly DemoProject[] = [
  project('query-engine', 'Query engine', 'Platform', 'sven.lindqvist'),
  project('ingest', 'Ingest', 'Platform', 'lucia.romano'),
  project('platform', 'Shared platform', 'Platform', 'sven.lindqvist'),
  project('log-pipeline', 'Log pipeline', 'Platform', 'bartek.nowak'),
  project('dashboards', 'Dashboards', 'Product', 'hannah.byrne'),
  project('search', 'Search', 'Product', 'hannah.byrne'),
  project('insights', 'Insights', 'Product', 'kenji.mori'),
  project('assistant', 'Assistant', 'Product', 'kenji.mori'),
  project('warehouse', 'Warehouse', 'Data', 'ines.carvalho'),
  project('ml-training', 'Model training', 'Machine Learning', 'yusuf.demir'),
  project('dedicated', 'Dedicated customers', 'Customer Success', 'rosa.jimenez'),
  project('sandbox', 'Sandbox', 'Platform', 'bartek.nowak'),
  project('internal-it', 'Internal IT', 'Internal IT', 'mark.osei'),
]
