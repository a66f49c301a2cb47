import type { BillingAccount, Placement } from '../model.ts'
import { at, machine, put, region, service, sku } from './make.ts'

const HOURS = { places: 0, type: 'Virtual machine' }

/** Microsoft Azure: the European platform, billed to the Dutch company in euros, with its VAT. */
export const MICROSOFT: BillingAccount = {
  key: 'microsoft',
  vendor: 'microsoft',
  id: '/providers/Microsoft.Billing/billingAccounts/73194628',
  name: 'Fathomline Europe B.V.',
  type: 'Billing Account',
  currency: 'EUR',
  decimals: 2,
  provider: 'Microsoft',
  issuer: 'Microsoft Ireland Operations Limited',
  subAccountType: 'Subscription',
  subAccounts: [
    { key: 'eu-prod', id: '/subscriptions/2f6a1c0e-58d4-4b7e-9a51-0c7d3e8b6f21', name: 'EU production' },
    { key: 'eu-data', id: '/subscriptions/8b0d97e4-1c3a-4f52-b6e8-7a2f90c4d513', name: 'EU data residency' },
    { key: 'eu-staging', id: '/subscriptions/c4e81f73-9a06-4d2b-8f35-61b9e0a7d248', name: 'EU staging' },
    { key: 'corporate', id: '/subscriptions/e7395b20-64cf-49d8-a1b7-3f508d2c9e66', name: 'Corporate IT' },
  ],
  regions: [
    region('westeurope', 'West Europe', 1000, ['1', '2', '3']),
    region('germanywestcentral', 'Germany West Central', 1060, ['1', '2', '3']),
    region('northeurope', 'North Europe', 970, ['1', '2', '3']),
  ],
  services: [
    service('vm', 'Virtual Machines', 'Compute', 'Virtual Machines'),
    service('aks', 'Azure Kubernetes Service', 'Compute', 'Containers'),
    service('functions', 'Azure Functions', 'Compute', 'Serverless Compute'),
    service('blob', 'Azure Blob Storage', 'Storage', 'Object Storage'),
    service('disk', 'Azure Managed Disks', 'Storage', 'Block Storage'),
    service('sql', 'Azure SQL Database', 'Databases', 'Relational Databases'),
    service('cosmos', 'Azure Cosmos DB', 'Databases', 'NoSQL Databases'),
    service('redis', 'Azure Cache for Redis', 'Databases', 'Caching'),
    service('bus', 'Azure Service Bus', 'Integration', 'Messaging'),
    service('frontdoor', 'Azure Front Door', 'Networking', 'Content Delivery'),
    service('bandwidth', 'Bandwidth', 'Networking', 'Network Connectivity'),
    service('monitor', 'Azure Monitor', 'Management and Governance', 'Observability'),
    service('vault', 'Azure Key Vault', 'Security', 'Secret Management'),
    service('defender', 'Microsoft Defender for Cloud', 'Security', 'Security Posture Management'),
    service('office', 'Microsoft 365', 'Business Applications', 'Productivity and Collaboration'),
    service('reservations', 'Azure Reservations', 'Compute', 'Other (Compute)'),
  ],
  skus: [
    sku('D4s_v5', 'vm', 'D4s v5', 'Hours', '0.211', 'D4s v5 Linux virtual machine hour', {
      ...HOURS,
      committed: 620,
      details: machine('Standard_D4s_v5', 4, 16),
    }),
    sku('D2s_v5', 'vm', 'D2s v5', 'Hours', '0.106', 'D2s v5 Linux virtual machine hour', {
      ...HOURS,
      details: machine('Standard_D2s_v5', 2, 8),
    }),
    sku('aks-uptime', 'aks', 'Standard Uptime SLA', 'Hours', '0.092', 'Cluster with uptime guarantee, hour', {
      places: 0,
      type: 'Managed cluster',
    }),
    sku('fn-gbs', 'functions', 'Execution Time', 'GB-Seconds', '0.000014', 'Execution time', {
      type: 'Function App',
    }),
    sku('blob-hot', 'blob', 'Hot LRS Data Stored', 'GB-Months', '0.0179', 'Hot storage', {
      type: 'Storage account',
    }),
    sku('blob-cool', 'blob', 'Cool ZRS Data Stored', 'GB-Months', '0.0115', 'Cool storage', {
      type: 'Storage account',
    }),
    sku('disk-p30', 'disk', 'P30 LRS Disk', 'Months', '122.88', 'Premium SSD P30', {
      places: 6,
      type: 'Disk',
    }),
    sku('sql-vcore', 'sql', 'vCore', 'Hours', '0.2313', 'General purpose vCore hour', {
      places: 0,
      type: 'SQL database',
    }),
    sku('cosmos-ru', 'cosmos', '100 RU/s', 'Hours', '0.0074', '100 request units a second, hour', {
      places: 0,
      type: 'Azure Cosmos DB account',
    }),
    sku('redis-p1', 'redis', 'P1 Cache', 'Hours', '0.511', 'Premium P1 cache hour', {
      places: 0,
      type: 'Redis cache',
    }),
    sku(
      'bus-ops',
      'bus',
      'Standard Messaging Operations',
      '1000000 Requests',
      '0.74',
      'Messaging operations',
      {
        places: 6,
        consumedUnit: 'Requests',
        consumedPer: 1_000_000,
        type: 'Service Bus namespace',
      },
    ),
    sku('fd-out', 'frontdoor', 'Data Transfer Out', 'GB', '0.0771', 'Data transfer out at the edge', {
      type: 'Front Door',
    }),
    sku('bw-out', 'bandwidth', 'Standard Data Transfer Out', 'GB', '0.0807', 'Data transfer out'),
    sku('logs', 'monitor', 'Analytics Logs Data Ingestion', 'GB', '2.558', 'Log data ingested', {
      type: 'Log Analytics workspace',
    }),
    sku('kv-ops', 'vault', 'Operations', '10000 Requests', '0.0279', 'Key and secret operations', {
      consumedUnit: 'Requests',
      consumedPer: 10_000,
      type: 'Key vault',
    }),
    sku('def-server', 'defender', 'Standard Node', 'Hours', '0.0187', 'Protected server hour', { places: 0 }),
  ],
  negotiated: 920,
  tax: { perMille: 210, description: 'VAT 21 % (Netherlands)' },
}

const WEST = 'westeurope'
const GERMANY = 'germanywestcentral'
const PROD = at('eu-prod', WEST, 'query-engine', 'prod')
const INGEST = at('eu-prod', WEST, 'ingest', 'prod')
const OWN = at('eu-data', GERMANY, 'dedicated', 'prod')
const DATA = at('eu-data', GERMANY, 'warehouse', 'prod')
const IT = at('corporate', WEST, 'internal-it', 'prod')

/** Where Fathomline uses Azure, in which project, and how much. */
export const MICROSOFT_PLACEMENTS: readonly Placement[] = [
  put(PROD, 'D4s_v5', 'vm-query', [5, 9], 24, 'always'),
  put(PROD, 'disk-p30', 'vm-query', [5, 9], 0.032876, 'always'),
  put(PROD, 'aks-uptime', 'aks-query', [1, 1], 24, 'always'),
  put(PROD, 'redis-p1', 'results', [1, 2], 24, 'always'),
  put(PROD, 'sql-vcore', 'meta', [2, 3], 96, 'always'),
  put(PROD, 'bw-out', 'query', [1, 1], 72, 'business', {
    follows: 1000,
  }),
  put(PROD, 'logs', 'law-prod', [1, 1], 4.6, 'business', {
    follows: 800,
  }),
  put(PROD, 'def-server', 'servers', [1, 1], 240, 'steady', {
    follows: 500,
    untagged: true,
  }),
  put(INGEST, 'fn-gbs', 'fn-normalise', [1, 2], 290_000, 'business', {
    follows: 900,
  }),
  put(INGEST, 'bus-ops', 'sb-events', [1, 1], 5.8, 'business', {
    follows: 900,
  }),
  put(INGEST, 'cosmos-ru', 'dedup', [1, 2], 720, 'steady', { follows: 500 }),
  put(INGEST, 'blob-hot', 'raw', [2, 2], 230, 'steady', { follows: 1000 }),
  put(INGEST, 'kv-ops', 'kv-prod', [1, 1], 100, 'business', { follows: 800 }),
  put(at('eu-prod', WEST, 'dashboards', 'prod'), 'fd-out', 'edge', [1, 1], 86, 'business', {
    follows: 1000,
    untagged: true,
  }),
  put(OWN, 'sql-vcore', 'sql-tenant', [6, 9], 48, 'always', {
    dedicated: true,
  }),
  put(OWN, 'D2s_v5', 'vm-tenant', [6, 9], 24, 'always', {
    dedicated: true,
  }),
  put(DATA, 'blob-cool', 'archive', [2, 2], 620, 'steady', {
    follows: 1100,
  }),
  put(DATA, 'fn-gbs', 'fn-close', [2, 2], 150_000, 'batch', {
    follows: 700,
  }),
  put(at('eu-staging', 'northeurope', 'query-engine', 'staging'), 'D2s_v5', 'vm-stg', [4, 5], 12, 'office'),
  put(at('eu-staging', 'northeurope', 'ingest', 'staging'), 'sql-vcore', 'stg', [1, 1], 48, 'always'),
  put(IT, 'D2s_v5', 'vm-fileshare', [2, 2], 24, 'always', {
    untagged: true,
  }),
  put(IT, 'blob-cool', 'mailarchive', [1, 1], 170, 'steady', {
    follows: 200,
    untagged: true,
  }),
]
