import type { BillingAccount, Placement, Shape, Sku } from '../model.ts'
import { at, put, service, sku, type Where } from './make.ts'

/** Months before the end at which OpenAI's price for the model of the bulk work falls. */
export const MODEL_PRICE_CUT = 3

/** Three SKUs of a model: input, cached input and output, per million tokens. */
function model(
  name: string,
  prices: readonly [input: string, cached: string, output: string],
  later?: readonly [monthsBeforeEnd: number, input: string, cached: string, output: string],
): Sku[] {
  return (['input', 'cached input', 'output'] as const).map((kind, index) =>
    sku(
      `${name}/${kind.replace(' ', '-')}`,
      'api',
      `${name} ${kind} tokens`,
      '1000000 Tokens',
      prices[index]!,
      `${name}: ${kind} tokens`,
      {
        places: 6,
        consumedUnit: 'Tokens',
        consumedPer: 1_000_000,
        type: 'API Key',
        ...(later === undefined ? {} : { later: [later[0], later[index + 1] as string] as const }),
      },
    ),
  )
}

/** Anthropic, billed in dollars by workspace and key. */
export const ANTHROPIC: BillingAccount = {
  key: 'anthropic',
  vendor: 'anthropic',
  id: '6c1f7f7e-0f0a-4d56-9d2e-8a4b1e5c7d90',
  name: 'Fathomline Inc.',
  type: 'Organization',
  currency: 'USD',
  decimals: 2,
  provider: 'Anthropic',
  issuer: 'Anthropic, PBC',
  subAccountType: 'Workspace',
  subAccounts: [
    { key: 'assistant', id: 'wrkspc_01HfQ3assistant', name: 'Assistant' },
    { key: 'insights', id: 'wrkspc_01JkM8insights', name: 'Insights' },
    { key: 'engineering', id: 'wrkspc_01NvT5engineering', name: 'Engineering' },
  ],
  regions: [],
  services: [
    service('api', 'Claude API', 'AI and Machine Learning', 'Generative AI'),
    service('seats', 'Claude Team', 'AI and Machine Learning', 'Generative AI'),
  ],
  skus: [
    ...model('claude-haiku-4-5', ['1', '0.1', '5']),
    ...model('claude-sonnet-4-5', ['3', '0.3', '15']),
    ...model('claude-opus-4-5', ['5', '0.5', '25']),
  ],
  negotiated: 1000,
  tax: null,
}

/** OpenAI, billed in dollars by project and key. */
export const OPENAI: BillingAccount = {
  key: 'openai',
  vendor: 'openai',
  id: 'org-Fq7nUx2ZtLw94',
  name: 'Fathomline Inc.',
  type: 'Organization',
  currency: 'USD',
  decimals: 2,
  provider: 'OpenAI',
  issuer: 'OpenAI OpCo, LLC',
  subAccountType: 'Project',
  subAccounts: [
    { key: 'classify', id: 'proj_a81classify', name: 'Classification' },
    { key: 'assistant', id: 'proj_c27assistant', name: 'Assistant fallback' },
    { key: 'research', id: 'proj_e93research', name: 'Research' },
  ],
  regions: [],
  services: [service('api', 'OpenAI API', 'AI and Machine Learning', 'Generative AI')],
  skus: [
    ...model('gpt-5', ['1.25', '0.125', '10'], [MODEL_PRICE_CUT, '0.75', '0.075', '6']),
    ...model('gpt-5-mini', ['0.25', '0.025', '2']),
    sku(
      'text-embedding-3-large',
      'api',
      'text-embedding-3-large tokens',
      '1000000 Tokens',
      '0.13',
      'text-embedding-3-large: tokens',
      { places: 6, consumedUnit: 'Tokens', consumedPer: 1_000_000, type: 'API Key' },
    ),
  ],
  negotiated: 1000,
  tax: null,
}

/** One key's use of a model: the three kinds of token, in millions a day, each a placement. */
function tokens(
  where: Where,
  name: string,
  role: string,
  count: Placement['count'],
  [input, cached, output]: readonly [number, number, number],
  shape: Shape,
  options: Parameters<typeof put>[6] = {},
): Placement[] {
  return [
    put(where, `${name}/input`, role, count, input, shape, options),
    put(where, `${name}/cached-input`, role, count, cached, shape, options),
    put(where, `${name}/output`, role, count, output, shape, options),
  ]
}

const CLAUDE = at('assistant', null, 'assistant', 'prod')
const INSIGHTS = at('insights', null, 'insights', 'prod')
const TENANTS = at('insights', null, 'dedicated', 'prod')
const ENGINEERING = at('engineering', null, 'platform', 'dev')
const CLASSIFY = at('classify', null, 'ingest', 'prod')
const FALLBACK = at('assistant', null, 'assistant', 'prod')
const LAUNCHED = { from: 9, story: 'launch' } as const
const GROWING = { follows: 1000 } as const

/** What Fathomline asks of Anthropic's models. */
export const ANTHROPIC_PLACEMENTS: readonly Placement[] = [
  ...tokens(CLAUDE, 'claude-sonnet-4-5', 'answers', [1, 1], [34, 80, 4.2], 'business', LAUNCHED),
  ...tokens(CLAUDE, 'claude-haiku-4-5', 'router', [1, 1], [26, 34, 2.2], 'business', LAUNCHED),
  ...tokens(INSIGHTS, 'claude-haiku-4-5', 'narratives', [2, 2], [10, 17, 1.2], 'business', GROWING),
  ...tokens(TENANTS, 'claude-sonnet-4-5', 'tenant-insights', [4, 8], [1.7, 2.2, 0.2], 'business', {
    follows: 700,
    dedicated: true,
  }),
  ...tokens(ENGINEERING, 'claude-opus-4-5', 'code-review', [1, 2], [6, 18, 0.8], 'office'),
]

/** What Fathomline asks of OpenAI's models. */
export const OPENAI_PLACEMENTS: readonly Placement[] = [
  ...tokens(CLASSIFY, 'gpt-5', 'event-tagger', [2, 3], [26, 20, 2.6], 'business', {
    follows: 1000,
    story: 'model-price-cut',
  }),
  ...tokens(CLASSIFY, 'gpt-5-mini', 'pre-filter', [1, 2], [42, 24, 4], 'business', GROWING),
  ...tokens(FALLBACK, 'gpt-5', 'fallback', [1, 1], [7, 4, 0.8], 'business', LAUNCHED),
  put(
    at('classify', null, 'search', 'prod'),
    'text-embedding-3-large',
    'embedder',
    [1, 2],
    110,
    'business',
    GROWING,
  ),
  put(at('research', null, 'ml-training', 'dev'), 'gpt-5-mini/output', 'labelling', [1, 1], 3, 'office', {
    untagged: true,
  }),
]
