import type { BillingAccount, Placement } from '../model.ts'
import { at, machine, put, region, service, sku } from './make.ts'

/** Months before the end at which Google Cloud's egress price rises. */
export const EGRESS_RISE = 7

const REGIONS = [
  region('us-central1', 'Iowa', 1000, ['us-central1-a', 'us-central1-b', 'us-central1-f']),
  region('europe-west4', 'Netherlands', 1100, ['europe-west4-a', 'europe-west4-b']),
  region('asia-northeast1', 'Tokyo', 1200, ['asia-northeast1-a', 'asia-northeast1-b']),
]

const SERVICES = [
  service('gce', 'Compute Engine', 'Compute', 'Virtual Machines'),
  service('gke', 'Google Kubernetes Engine', 'Compute', 'Containers'),
  service('run', 'Cloud Run', 'Compute', 'Serverless Compute'),
  service('gcs', 'Cloud Storage', 'Storage', 'Object Storage'),
  service('bigquery', 'BigQuery', 'Databases', 'Data Warehouses'),
  service('cloudsql', 'Cloud SQL', 'Databases', 'Relational Databases'),
  service('pubsub', 'Cloud Pub/Sub', 'Integration', 'Messaging'),
  service('dataflow', 'Cloud Dataflow', 'Analytics', 'Data Processing'),
  service('network', 'Networking', 'Networking', 'Network Connectivity'),
  service('logging', 'Cloud Logging', 'Management and Governance', 'Observability'),
  service('vertex', 'Vertex AI', 'AI and Machine Learning', 'AI Platforms'),
  service('maps', 'Google Maps Platform', 'Web', 'Application Platforms'),
  service('invoice', 'Invoice', 'Other', 'Other (Other)'),
]

/** Google Cloud: the warehouse that customers query, billed to the American company in dollars. */
export const GOOGLE: BillingAccount = {
  key: 'google',
  vendor: 'google',
  id: '01A7C3-5D92EF-8B4016',
  name: 'Fathomline Inc.',
  type: 'Billing Account',
  currency: 'USD',
  decimals: 2,
  provider: 'Google Cloud',
  issuer: 'Google LLC',
  subAccountType: 'Project',
  subAccounts: [
    { key: 'lake', id: 'fathomline-lake-214908', name: 'fathomline-lake' },
    { key: 'lake-eu', id: 'fathomline-lake-eu-214911', name: 'fathomline-lake-eu' },
    { key: 'geo', id: 'fathomline-geo-337120', name: 'fathomline-geo' },
    { key: 'research', id: 'fathomline-research-408812', name: 'fathomline-research' },
  ],
  regions: REGIONS,
  services: SERVICES,
  skus: [
    sku(
      'n2-standard-4',
      'gce',
      'N2 Instance Core and Ram',
      'Hours',
      '0.194236',
      'n2-standard-4 machine hour',
      {
        places: 0,
        type: 'Instance',
        committed: 630,
        details: machine('n2-standard-4', 4, 16),
      },
    ),
    sku('gke-fee', 'gke', 'Regional Kubernetes Clusters', 'Hours', '0.1', 'Cluster management hour', {
      places: 0,
      type: 'Cluster',
    }),
    sku('run-vcpu', 'run', 'CPU Allocation Time', 'vCPU-Seconds', '0.000024', 'CPU allocation time', {
      type: 'Service',
    }),
    sku('gcs-std', 'gcs', 'Standard Storage', 'GB-Months', '0.02', 'Standard storage', { type: 'Bucket' }),
    sku('gcs-near', 'gcs', 'Nearline Storage', 'GB-Months', '0.01', 'Nearline storage', { type: 'Bucket' }),
    sku(
      'bq-slots',
      'bigquery',
      'Enterprise Edition Slots',
      'Slot-Hours',
      '0.06',
      'Enterprise edition slot hour',
      {
        type: 'Reservation',
      },
    ),
    sku('bq-scan', 'bigquery', 'Analysis', 'TB', '6.25', 'On-demand analysis', {
      places: 6,
      type: 'Dataset',
    }),
    sku('bq-store', 'bigquery', 'Active Logical Storage', 'GB-Months', '0.02', 'Active logical storage', {
      type: 'Dataset',
    }),
    sku(
      'sql-ent-4',
      'cloudsql',
      'PostgreSQL 4 vCPU',
      'Hours',
      '0.2704',
      'PostgreSQL, 4 vCPU and 16 GB, hour',
      {
        places: 0,
        type: 'Instance',
      },
    ),
    sku('ps-bytes', 'pubsub', 'Message Delivery Basic', 'TB', '40', 'Message delivery', {
      places: 6,
      type: 'Topic',
    }),
    sku('df-vcpu', 'dataflow', 'vCPU Time Batch', 'Hours', '0.056', 'Batch vCPU hour', { type: 'Job' }),
    sku('egress', 'network', 'Network Internet Egress', 'GB', '0.085', 'Internet egress, premium tier', {
      later: [EGRESS_RISE, '0.119'],
    }),
    sku('log-gb', 'logging', 'Log Volume', 'GB', '0.5', 'Log volume'),
    sku('vx-train', 'vertex', 'Custom Training A2', 'Hours', '4.407', 'a2-highgpu-1g training hour', {
      type: 'Training Job',
    }),
    sku('geocode', 'maps', 'Geocoding', '1000 Requests', '5', 'Geocoding requests', {
      consumedUnit: 'Requests',
      consumedPer: 1000,
    }),
  ],
  negotiated: 955,
  tax: null,
}

/** Google Cloud in Japan: the launch's local company pays a small bill in yen, with consumption tax. */
export const GOOGLE_JAPAN: BillingAccount = {
  key: 'google-japan',
  vendor: 'google',
  id: '01F09B-77AC21-D3E854',
  name: 'ファゾムライン・ジャパン株式会社',
  type: 'Billing Account',
  currency: 'JPY',
  decimals: 0,
  provider: 'Google Cloud',
  issuer: 'Google Cloud Japan G.K.',
  subAccountType: 'Project',
  subAccounts: [{ key: 'jp', id: 'fathomline-jp-561204', name: 'fathomline-jp' }],
  regions: [region('asia-northeast1', 'Tokyo', 1000, ['asia-northeast1-a', 'asia-northeast1-b'])],
  services: SERVICES,
  skus: [
    sku('run-vcpu', 'run', 'CPU Allocation Time', 'vCPU-Seconds', '0.00432', 'CPU allocation time', {
      type: 'Service',
    }),
    sku('gcs-std', 'gcs', 'Standard Storage', 'GB-Months', '3.45', 'Standard storage', { type: 'Bucket' }),
    sku('bq-scan', 'bigquery', 'Analysis', 'TB', '1125', 'On-demand analysis', {
      places: 6,
      type: 'Dataset',
    }),
    sku('egress', 'network', 'Network Internet Egress', 'GB', '15.3', 'Internet egress, premium tier', {
      later: [EGRESS_RISE, '21.4'],
    }),
    sku('geocode', 'maps', 'Geocoding', '1000 Requests', '750', 'Geocoding requests', {
      consumedUnit: 'Requests',
      consumedPer: 1000,
    }),
  ],
  negotiated: 1000,
  tax: { perMille: 100, description: '消費税 10 %' },
}

const US = 'us-central1'
const EU = 'europe-west4'
const GEO = at('geo', US, 'dashboards', 'prod')
const RESEARCH = at('research', US, 'ml-training', 'dev')
const JP = at('jp', 'asia-northeast1', 'assistant', 'prod')
const LAUNCH = { from: 9, story: 'launch' } as const
const lakes = [at('lake', US, 'warehouse', 'prod'), at('lake-eu', EU, 'warehouse', 'prod')]

/** Where Fathomline uses Google Cloud, in which project, and how much. */
export const GOOGLE_PLACEMENTS: readonly Placement[] = [
  ...lakes.flatMap((where, eu): Placement[] => [
    put(where, 'bq-slots', 'slots', [2, 3], eu ? 220 : 410, 'business', { follows: 700 }),
    put(where, 'bq-scan', 'shared_marts', [1, 2], eu ? 1.2 : 2, 'office', { follows: 600 }),
    put(where, 'bq-store', 'shared_marts', [2, 2], eu ? 200 : 350, 'steady', { follows: 1100 }),
    put(where, 'gcs-std', 'landing', [2, 2], eu ? 140 : 260, 'steady', { follows: 900 }),
    put(where, 'gcs-near', 'history', [1, 1], eu ? 460 : 790, 'steady', { follows: 1200 }),
    put(where, 'ps-bytes', 'changes', [1, 2], eu ? 0.22 : 0.38, 'business', { follows: 900 }),
    put(where, 'df-vcpu', 'month-end', [3, 4], eu ? 31 : 53, 'batch', { follows: 700 }),
    put(where, 'n2-standard-4', 'loader', eu ? [2, 4] : [4, 6], 24, 'always'),
    put(where, 'gke-fee', 'loaders', [1, 1], 24, 'always'),
    put(where, 'log-gb', 'lake', [1, 1], eu ? 5.8 : 9.8, 'business', { follows: 700, untagged: true }),
    put(where, 'egress', 'exports', [2, 2], eu ? 100 : 180, 'business', {
      follows: 900,
      story: 'egress-price-rise',
    }),
  ]),
  put(GEO, 'geocode', 'maps', [1, 1], 2.2, 'business', { follows: 900 }),
  put(GEO, 'run-vcpu', 'tiles', [2, 2], 220_000, 'consumer', { follows: 800 }),
  put(GEO, 'sql-ent-4', 'places', [2, 2], 24, 'always'),
  put(RESEARCH, 'vx-train', 'experiment', [2, 3], 3, 'office'),
  put(RESEARCH, 'gcs-std', 'experiments', [2, 2], 74, 'steady', { follows: 400, untagged: true }),
]

/** What the Japanese company uses, from the launch on. */
export const GOOGLE_JAPAN_PLACEMENTS: readonly Placement[] = [
  put(JP, 'run-vcpu', 'jp-front', [2, 3], 380_000, 'business', LAUNCH),
  put(JP, 'gcs-std', 'jp-documents', [2, 2], 62, 'steady', LAUNCH),
  put(JP, 'bq-scan', 'jp_marts', [1, 1], 1, 'office', LAUNCH),
  put(JP, 'egress', 'jp', [1, 1], 50, 'business', LAUNCH),
  put(
    at('jp', 'asia-northeast1', 'dashboards', 'prod'),
    'geocode',
    'jp-maps',
    [1, 1],
    1.4,
    'consumer',
    LAUNCH,
  ),
]
