import type { Placement } from '../model.ts'
import { at, put } from './make.ts'

const US = 'us-east-1'
const EU = 'eu-central-1'
const TOKYO = 'ap-northeast-1'
const LAUNCHED_IN = at('prod-apac', TOKYO, 'assistant', 'prod')
const LAUNCH = { from: 9, story: 'launch' } as const
const OWN_US = at('prod-us', US, 'dedicated', 'prod')
const OWN_EU = at('prod-eu', EU, 'dedicated', 'prod')
const DATA = at('data', US, 'warehouse', 'prod')
const DATA_EU = at('data', 'eu-west-1', 'warehouse', 'prod')
const SHARED = at('shared', US, 'platform', 'prod')
const prod = (project: string) =>
  [at('prod-us', US, project, 'prod'), at('prod-eu', EU, project, 'prod')] as const

/** Where Fathomline uses AWS, in which project, and how much. */
export const AWS_PLACEMENTS: readonly Placement[] = [
  // The query engine and its databases, in both old regions.
  ...prod('query-engine').flatMap((where, eu): Placement[] => [
    put(where, 'm6i.xlarge', 'query-node', eu ? [6, 10] : [9, 16], 24, 'always'),
    put(where, 'gp3', 'query-node', eu ? [2, 3] : [3, 5], 50, 'steady', { follows: 500 }),
    put(where, 'rds-r6g.xlarge', 'meta-db', [3, 4], 24, 'always'),
    put(where, 'rds-gp3', 'meta-db', [2, 2], 22, 'steady', { follows: 900 }),
    put(where, 'cache-r6g.large', 'result-cache', [3, 5], 24, 'always'),
    put(where, 'alb-hours', 'api', [1, 1], 24, 'always'),
    put(where, 'alb-lcu', 'api', [1, 1], 170, 'business', { follows: 1000 }),
    put(where, 'apigw-req', 'public-api', [1, 1], eu ? 5 : 9.1, 'business', { follows: 1000 }),
    put(where, 'eks-cluster', 'query', [1, 1], 24, 'always'),
    put(where, 'az-bytes', 'query', [1, 1], eu ? 500 : 1000, 'business', { follows: 900, untagged: true }),
    put(where, 'out-bytes', 'query', [1, 1], eu ? 62 : 120, 'business', { follows: 1000, untagged: true }),
    put(where, 'logs-ingest', 'query', [1, 1], eu ? 12 : 21, 'business', { follows: 800 }),
    put(where, 'metrics', 'query', [1, 1], 15, 'steady', { follows: 300, untagged: true }),
  ]),
  // Ingest: streams, functions and queues.
  ...prod('ingest').flatMap((where, eu): Placement[] => [
    put(where, 'shard-hours', 'events', [3, 5], 432, 'steady', { follows: 700 }),
    put(where, 'lambda-gbs', 'normalise', [2, 3], eu ? 550_000 : 940_000, 'business', { follows: 900 }),
    put(where, 'sqs-req', 'dead-letters', [1, 2], eu ? 11 : 20, 'business', { follows: 900 }),
    put(where, 'ddb-wru', 'dedup', [1, 2], eu ? 14 : 23, 'business', { follows: 900 }),
    put(where, 's3-standard', 'raw-events', [2, 2], eu ? 360 : 620, 'steady', { follows: 1100 }),
    put(where, 's3-ia', 'cold-events', [1, 1], eu ? 1000 : 1800, 'steady', { follows: 1200 }),
    put(where, 's3-put', 'raw-events', [1, 1], eu ? 620 : 1200, 'business', {
      follows: 1000,
      untagged: true,
    }),
    put(where, 'nat-hours', 'egress', [2, 2], 24, 'always'),
    put(where, 'nat-bytes', 'egress', [2, 2], eu ? 58 : 100, 'business', { follows: 800 }),
  ]),
  // Dashboards: containers behind the CDN.
  ...prod('dashboards').flatMap((where, eu): Placement[] => [
    put(where, 'fargate-vcpu', 'web', [2, 3], eu ? 130 : 240, 'business', { follows: 700 }),
    put(where, 'fargate-gb', 'web', [2, 3], eu ? 460 : 790, 'business', { follows: 700 }),
    put(where, 'cf-out', 'static', [1, 1], eu ? 100 : 190, 'business', { follows: 900 }),
    put(where, 'waf-req', 'edge', [1, 1], eu ? 4.3 : 7.9, 'business', { follows: 1000, untagged: true }),
    put(where, 'alb-hours', 'web', [1, 1], 24, 'always'),
    put(where, 'alb-lcu', 'web', [1, 1], 79, 'business', { follows: 900 }),
  ]),
  // Search and reports.
  ...prod('search').flatMap((where, eu): Placement[] => [
    put(where, 'os-r6g.large', 'search', eu ? [3, 5] : [5, 8], 24, 'always'),
    put(where, 'gp3', 'search', [2, 2], 26, 'steady', { follows: 700 }),
  ]),
  // Customers of the largest size have a database, workers and storage of their own.
  put(OWN_US, 'rds-m6g.large', 'tenant-db', [9, 12], 24, 'always', { dedicated: true }),
  put(OWN_US, 'm6i.large', 'tenant-worker', [9, 12], 24, 'always', { dedicated: true }),
  put(OWN_US, 's3-standard', 'tenant-lake', [9, 12], 31, 'steady', { follows: 900, dedicated: true }),
  put(OWN_EU, 'rds-m6g.large', 'tenant-db', [7, 9], 24, 'always', { dedicated: true }),
  put(OWN_EU, 'm6i.large', 'tenant-worker', [7, 9], 24, 'always', { dedicated: true }),
  put(OWN_EU, 's3-standard', 'tenant-lake', [7, 9], 26, 'steady', { follows: 900, dedicated: true }),
  // The launch: Tokyo, and in it the assistant.
  put(LAUNCHED_IN, 'm6i.xlarge', 'tyo-query-node', [6, 14], 24, 'always', LAUNCH),
  put(LAUNCHED_IN, 'g5.xlarge', 'tyo-embedder', [3, 8], 24, 'always', LAUNCH),
  put(LAUNCHED_IN, 'rds-r6g.xlarge', 'tyo-meta-db', [2, 4], 24, 'always', LAUNCH),
  put(LAUNCHED_IN, 'os-r6g.large', 'tyo-vectors', [3, 6], 24, 'always', LAUNCH),
  put(LAUNCHED_IN, 'fargate-vcpu', 'tyo-web', [2, 2], 360, 'business', LAUNCH),
  put(LAUNCHED_IN, 's3-standard', 'tyo-lake', [1, 2], 580, 'steady', LAUNCH),
  put(LAUNCHED_IN, 'out-bytes', 'tyo', [1, 1], 170, 'business', LAUNCH),
  put(LAUNCHED_IN, 'alb-lcu', 'tyo-api', [1, 1], 150, 'business', LAUNCH),
  // Data: nightly and month-end batch.
  put(DATA, 'ra3.xlplus', 'warehouse', [4, 6], 24, 'always'),
  put(DATA, 'glue-dpu', 'nightly', [4, 5], 10, 'batch', { follows: 700 }),
  put(DATA, 'athena-tb', 'ad-hoc', [1, 1], 1.3, 'office', { follows: 600, untagged: true }),
  put(DATA, 'r6i.2xlarge', 'month-end', [3, 5], 9, 'batch'),
  put(DATA_EU, 's3-ia', 'archive', [2, 2], 1200, 'steady', { follows: 1000 }),
  put(DATA_EU, 'backup-gb', 'vault', [2, 2], 150, 'steady', { follows: 900, untagged: true }),
  put(DATA, 'snapshot', 'warehouse', [2, 3], 62, 'steady', { follows: 800, untagged: true }),
  // Machine learning.
  put(at('ml', 'us-west-2', 'ml-training', 'prod'), 'ml.g5.xlarge', 'ranker', [3, 5], 14, 'office', {
    follows: 300,
  }),
  put(at('ml', 'us-west-2', 'ml-training', 'dev'), 'g5.xlarge', 'notebook', [4, 6], 9, 'office'),
  put(at('ml', 'us-west-2', 'ml-training', 'prod'), 's3-standard', 'features', [2, 2], 210, 'steady', {
    follows: 600,
  }),
  // Staging, where the leak is.
  put(at('staging', US, 'query-engine', 'staging'), 'm6i.large', 'stg-query', [6, 7], 15, 'office'),
  put(at('staging', US, 'query-engine', 'staging'), 'rds-m6g.large', 'stg-db', [2, 2], 24, 'always'),
  put(at('staging', US, 'dashboards', 'staging'), 'fargate-vcpu', 'stg-web', [2, 2], 29, 'office'),
  put(at('staging', US, 'ingest', 'staging'), 'nat-hours', 'stg-egress', [1, 1], 24, 'always'),
  put(at('staging', US, 'log-pipeline', 'staging'), 'nat-bytes', 'stg-logship', [1, 1], 24, 'always', {
    story: 'leak',
  }),
  put(at('staging', US, 'ingest', 'staging'), 'lambda-gbs', 'stg-normalise', [1, 1], 45600, 'office'),
  // Shared services and the sandbox.
  put(SHARED, 'dns-queries', 'zones', [2, 3], 5, 'business', { follows: 800 }),
  put(SHARED, 'kms-req', 'keys', [1, 1], 220, 'business', { follows: 800, untagged: true }),
  put(SHARED, 'gd-gb', 'detector', [1, 1], 7.4, 'business', { follows: 800, untagged: true }),
  put(at('shared', US, 'log-pipeline', 'prod'), 'logs-ingest', 'audit', [2, 3], 11, 'business', {
    follows: 700,
  }),
  put(SHARED, 'm6i.large', 'ci-runner', [8, 11], 13, 'office'),
  put(SHARED, 'snapshot', 'ci-images', [2, 2], 7.9, 'steady', { follows: 200, untagged: true }),
  put(at('sandbox', 'us-west-2', 'sandbox', 'dev'), 'm6i.large', 'try', [5, 7], 8, 'office', {
    untagged: true,
  }),
  put(at('sandbox', 'us-west-2', 'sandbox', 'dev'), 'gp3', 'forgotten', [3, 5], 2.2, 'steady', {
    untagged: true,
  }),
]
