import { partitionTables } from '../partitions.ts'
import { tables as costs } from './0005-costs.ts'
import { tables as costSums } from './0007-cost-sums.ts'
import { tables as billing } from './0008-billing.ts'

/** Usage and cost lie apart by months on PostgreSQL. Nothing changes on SQLite. */
export const tables = {}

export const statements = (kind: 'sqlite' | 'postgres') =>
  partitionTables(kind, { ...costs, ...costSums, ...billing })
