import { defineTopic } from '../topic.ts'

/** Where single messages would be too many: the first scan of a workspace, the first of a month. */
export const manyQuotasReached = defineTopic({
  id: 'billing.manyQuotasReached',
  name: 'Many customers reach their limits',
  about: 'A scan found more than twenty at a threshold at once: one message instead of one for each.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { breaches: 'text', warnings: 'text' },
  words: {
    en: {
      title: '{breaches} limits are exceeded, {warnings} are near',
      body: 'Open the scan to see which. What is exceeded stands among the tasks.',
    },
  },
  example: { breaches: '14', warnings: '31' },
})

export const quotaReached = defineTopic({
  id: 'billing.quotaReached',
  name: 'A customer reaches a limit',
  about:
    'A scan found usage at a threshold of its limit: once for each customer, metric, period and threshold.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { customer: 'text', metric: 'text', percent: 'text' },
  words: {
    en: {
      title: '{customer} is at {percent} % of {metric}',
      body: 'Open it to see what was used, what is projected, and what can be done.',
    },
  },
  example: { customer: 'Northwind', metric: 'api-calls', percent: '90' },
})
