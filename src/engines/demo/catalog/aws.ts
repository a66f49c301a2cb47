import type { BillingAccount } from '../model.ts'
import { machine, region, service, sku } from './make.ts'

const zones = (id: string): string[] => ['a', 'b', 'c'].map(letter => id + letter)
const HOURS = { places: 0, type: 'Instance' }
const PER_MILLION = { places: 6, consumedUnit: 'Requests', consumedPer: 1_000_000 }

/** Amazon Web Services: the main platform, billed to the American company in dollars. */
export const AWS: BillingAccount = {
  key: 'aws',
  vendor: 'aws',
  id: '410938274615',
  name: 'Fathomline Inc.',
  type: 'Management Account',
  currency: 'USD',
  decimals: 2,
  provider: 'AWS',
  issuer: 'Amazon Web Services, Inc.',
  subAccountType: 'Account',
  subAccounts: [
    { key: 'prod-us', id: '418820931174', name: 'fathomline-prod-us' },
    { key: 'prod-eu', id: '402277510983', name: 'fathomline-prod-eu' },
    { key: 'prod-apac', id: '437761029458', name: 'fathomline-prod-apac' },
    { key: 'staging', id: '455019283746', name: 'fathomline-staging' },
    { key: 'data', id: '468830172645', name: 'fathomline-data' },
    { key: 'ml', id: '471029384756', name: 'fathomline-ml' },
    { key: 'shared', id: '482910374655', name: 'fathomline-shared-services' },
    { key: 'sandbox', id: '499102837465', name: 'fathomline-sandbox' },
  ],
  regions: [
    region('us-east-1', 'US East (N. Virginia)', 1000, zones('us-east-1')),
    region('us-west-2', 'US West (Oregon)', 1000, zones('us-west-2')),
    region('eu-central-1', 'Europe (Frankfurt)', 1150, zones('eu-central-1')),
    region('eu-west-1', 'Europe (Ireland)', 1080, zones('eu-west-1')),
    region('ap-northeast-1', 'Asia Pacific (Tokyo)', 1260, zones('ap-northeast-1')),
  ],
  services: [
    service('ec2', 'Amazon Elastic Compute Cloud', 'Compute', 'Virtual Machines'),
    service('ebs', 'Amazon Elastic Block Store', 'Storage', 'Block Storage'),
    service('s3', 'Amazon Simple Storage Service', 'Storage', 'Object Storage'),
    service('rds', 'Amazon Relational Database Service', 'Databases', 'Relational Databases'),
    service('dynamodb', 'Amazon DynamoDB', 'Databases', 'NoSQL Databases'),
    service('elasticache', 'Amazon ElastiCache', 'Databases', 'Caching'),
    service('redshift', 'Amazon Redshift', 'Databases', 'Data Warehouses'),
    service('eks', 'Amazon Elastic Kubernetes Service', 'Compute', 'Containers'),
    service('fargate', 'AWS Fargate', 'Compute', 'Containers'),
    service('lambda', 'AWS Lambda', 'Compute', 'Serverless Compute'),
    service('apigw', 'Amazon API Gateway', 'Integration', 'API Management'),
    service('cloudfront', 'Amazon CloudFront', 'Networking', 'Content Delivery'),
    service('vpc', 'Amazon Virtual Private Cloud', 'Networking', 'Network Infrastructure'),
    service('elb', 'Elastic Load Balancing', 'Networking', 'Application Networking'),
    service('transfer', 'AWS Data Transfer', 'Networking', 'Network Connectivity'),
    service('route53', 'Amazon Route 53', 'Networking', 'Application Networking'),
    service('cloudwatch', 'Amazon CloudWatch', 'Management and Governance', 'Observability'),
    service('sqs', 'Amazon Simple Queue Service', 'Integration', 'Messaging'),
    service('kinesis', 'Amazon Kinesis', 'Analytics', 'Streaming Analytics'),
    service('opensearch', 'Amazon OpenSearch Service', 'Analytics', 'Search'),
    service('athena', 'Amazon Athena', 'Analytics', 'Data Processing'),
    service('glue', 'AWS Glue', 'Analytics', 'Data Processing'),
    service('kms', 'AWS Key Management Service', 'Security', 'Secret Management'),
    service('guardduty', 'Amazon GuardDuty', 'Security', 'Threat Detection and Response'),
    service('waf', 'AWS WAF', 'Security', 'Other (Security)'),
    service('sagemaker', 'Amazon SageMaker', 'AI and Machine Learning', 'Machine Learning'),
    service('backup', 'AWS Backup', 'Storage', 'Backup Storage'),
    service('support', 'AWS Support', 'Management and Governance', 'Support'),
    service('savings', 'AWS Compute Savings Plans', 'Compute', 'Other (Compute)'),
    service(
      'keelson',
      'Keelson Observability',
      'Management and Governance',
      'Observability',
      'Keelson Software',
    ),
  ],
  skus: [
    sku('m6i.xlarge', 'ec2', 'BoxUsage:m6i.xlarge', 'Hours', '0.192', 'm6i.xlarge Linux instance hour', {
      ...HOURS,
      committed: 630,
      details: machine('m6i.xlarge', 4, 16),
    }),
    sku('r6i.2xlarge', 'ec2', 'BoxUsage:r6i.2xlarge', 'Hours', '0.504', 'r6i.2xlarge Linux instance hour', {
      ...HOURS,
      committed: 640,
      details: machine('r6i.2xlarge', 8, 64),
    }),
    sku('m6i.large', 'ec2', 'BoxUsage:m6i.large', 'Hours', '0.096', 'm6i.large Linux instance hour', {
      ...HOURS,
      details: machine('m6i.large', 2, 8),
    }),
    sku('g5.xlarge', 'ec2', 'BoxUsage:g5.xlarge', 'Hours', '1.006', 'g5.xlarge Linux instance hour', {
      ...HOURS,
      details: machine('g5.xlarge', 4, 16),
    }),
    sku(
      'gp3',
      'ebs',
      'EBS:VolumeUsage.gp3',
      'GB-Months',
      '0.08',
      'General purpose (gp3) provisioned storage',
      {
        type: 'Volume',
      },
    ),
    sku('snapshot', 'ebs', 'EBS:SnapshotUsage', 'GB-Months', '0.05', 'Snapshot data stored', {
      type: 'Snapshot',
    }),
    sku('s3-standard', 's3', 'TimedStorage-ByteHrs', 'GB-Months', '0.023', 'Standard storage', {
      type: 'Bucket',
    }),
    sku('s3-ia', 's3', 'TimedStorage-SIA-ByteHrs', 'GB-Months', '0.0125', 'Infrequent access storage', {
      type: 'Bucket',
    }),
    sku('s3-put', 's3', 'Requests-Tier1', '1000 Requests', '0.005', 'PUT, COPY, POST and LIST requests', {
      consumedUnit: 'Requests',
      consumedPer: 1000,
      type: 'Bucket',
    }),
    sku(
      'rds-r6g.xlarge',
      'rds',
      'InstanceUsage:db.r6g.xl',
      'Hours',
      '0.45',
      'db.r6g.xlarge PostgreSQL hour',
      {
        ...HOURS,
        type: 'DB Instance',
        committed: 660,
        details: machine('db.r6g.xlarge', 4, 32),
      },
    ),
    sku(
      'rds-m6g.large',
      'rds',
      'InstanceUsage:db.m6g.large',
      'Hours',
      '0.159',
      'db.m6g.large PostgreSQL hour',
      {
        ...HOURS,
        type: 'DB Instance',
        details: machine('db.m6g.large', 2, 8),
      },
    ),
    sku('rds-gp3', 'rds', 'RDS:GP3-Storage', 'GB-Months', '0.115', 'Database storage (gp3)', {
      type: 'DB Instance',
    }),
    sku(
      'ddb-wru',
      'dynamodb',
      'WriteRequestUnits',
      '1000000 Requests',
      '0.625',
      'On-demand write request units',
      {
        ...PER_MILLION,
        type: 'Table',
      },
    ),
    sku(
      'cache-r6g.large',
      'elasticache',
      'NodeUsage:cache.r6g.large',
      'Hours',
      '0.206',
      'cache.r6g.large node hour',
      {
        ...HOURS,
        type: 'Cache Cluster',
      },
    ),
    sku('ra3.xlplus', 'redshift', 'Node:ra3.xlplus', 'Hours', '1.086', 'ra3.xlplus node hour', {
      ...HOURS,
      type: 'Cluster',
    }),
    sku('eks-cluster', 'eks', 'AmazonEKS-Hours:perCluster', 'Hours', '0.1', 'Kubernetes cluster hour', {
      ...HOURS,
      type: 'Cluster',
    }),
    sku('fargate-vcpu', 'fargate', 'Fargate-vCPU-Hours:perCPU', 'Hours', '0.04048', 'vCPU hour', {
      consumedUnit: 'vCPU-Hours',
      type: 'Service',
      committed: 800,
    }),
    sku('fargate-gb', 'fargate', 'Fargate-GB-Hours', 'GB-Hours', '0.004445', 'Memory GB hour', {
      type: 'Service',
      committed: 800,
    }),
    sku('lambda-gbs', 'lambda', 'Lambda-GB-Second', 'GB-Seconds', '0.0000166667', 'Duration', {
      type: 'Function',
      committed: 880,
    }),
    sku('apigw-req', 'apigw', 'ApiGatewayRequest', '1000000 Requests', '1', 'API calls received', {
      ...PER_MILLION,
      type: 'API',
    }),
    sku(
      'cf-out',
      'cloudfront',
      'DataTransfer-Out-Bytes',
      'GB',
      '0.085',
      'Data transfer out to the internet',
      {
        type: 'Distribution',
      },
    ),
    sku('nat-hours', 'vpc', 'NatGateway-Hours', 'Hours', '0.045', 'NAT gateway hour', {
      places: 0,
      type: 'NAT Gateway',
    }),
    sku('nat-bytes', 'vpc', 'NatGateway-Bytes', 'GB', '0.045', 'Data processed by NAT gateways', {
      type: 'NAT Gateway',
    }),
    sku('alb-hours', 'elb', 'LoadBalancerUsage', 'Hours', '0.0225', 'Application load balancer hour', {
      places: 0,
      type: 'Load Balancer',
    }),
    sku('alb-lcu', 'elb', 'LCUUsage', 'LCU-Hours', '0.008', 'Load balancer capacity unit hour', {
      type: 'Load Balancer',
    }),
    sku(
      'az-bytes',
      'transfer',
      'DataTransfer-Regional-Bytes',
      'GB',
      '0.01',
      'Transfer between availability zones',
    ),
    sku('out-bytes', 'transfer', 'DataTransfer-Out-Bytes', 'GB', '0.09', 'Transfer out to the internet'),
    sku('dns-queries', 'route53', 'DNS-Queries', '1000000 Requests', '0.4', 'DNS queries', {
      ...PER_MILLION,
      type: 'Hosted Zone',
    }),
    sku('logs-ingest', 'cloudwatch', 'DataProcessing-Bytes', 'GB', '0.5', 'Log data ingested', {
      type: 'Log Group',
    }),
    sku('metrics', 'cloudwatch', 'CW:MetricMonitorUsage', 'Metric-Months', '0.3', 'Custom metrics'),
    sku('sqs-req', 'sqs', 'Requests-Tier1', '1000000 Requests', '0.4', 'Standard queue requests', {
      ...PER_MILLION,
      type: 'Queue',
    }),
    sku('shard-hours', 'kinesis', 'Storage-ShardHour', 'Hours', '0.015', 'Shard hour', {
      places: 0,
      type: 'Stream',
    }),
    sku(
      'os-r6g.large',
      'opensearch',
      'ESInstance:r6g.large',
      'Hours',
      '0.167',
      'r6g.large.search node hour',
      {
        ...HOURS,
        type: 'Domain',
      },
    ),
    sku('athena-tb', 'athena', 'DataScannedInTB', 'TB', '5', 'Data scanned by queries', { places: 6 }),
    sku('glue-dpu', 'glue', 'ETL-DPU-Hour', 'Hours', '0.44', 'Data processing unit hour', { type: 'Job' }),
    sku('kms-req', 'kms', 'KMS-Requests', '10000 Requests', '0.03', 'Key requests', {
      consumedUnit: 'Requests',
      consumedPer: 10_000,
    }),
    sku('gd-gb', 'guardduty', 'PaidEventsAnalyzed-Bytes', 'GB', '1', 'Flow and DNS logs analysed'),
    sku('waf-req', 'waf', 'RequestV2', '1000000 Requests', '0.6', 'Requests inspected', {
      ...PER_MILLION,
      type: 'Web ACL',
    }),
    sku('ml.g5.xlarge', 'sagemaker', 'Train:ml.g5.xlarge', 'Hours', '1.408', 'ml.g5.xlarge training hour', {
      type: 'Training Job',
      details: machine('ml.g5.xlarge', 4, 16),
    }),
    sku('backup-gb', 'backup', 'WarmStorage-ByteHrs', 'GB-Months', '0.05', 'Warm backup storage', {
      type: 'Backup Vault',
    }),
  ],
  negotiated: 940,
  tax: null,
}
