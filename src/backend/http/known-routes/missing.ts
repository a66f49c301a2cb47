import type { Method, MissingEngine, MissingRoute } from './known-route.ts'

const WORDS: Readonly<Record<MissingEngine, string>> = {
  budgets: 'Budgets and their alerts are not part of this version.',
  'cost-advice': 'Forecasts and recommendations of cost are not part of this version.',
  'cost-reports': 'Reports of cost as files over HTTP are not part of this version.',
  support: 'Tickets, incidents, rollbacks and onboarding are not part of this version.',
  regions: 'Regions, failover and error budgets are not part of this version.',
}

/** Says what is missing for a route to be answered. */
export function wordsOf(engine: MissingEngine): string {
  return WORDS[engine]
}

function all(engine: MissingEngine, ...routes: readonly string[]): MissingRoute[] {
  return routes.map(text => {
    const [method, path] = text.split(' ') as [Method, string]
    return { method, path, engine }
  })
}

function whole(engine: MissingEngine, ...paths: readonly string[]): MissingRoute[] {
  return paths.flatMap(path =>
    all(engine, `GET ${path}`, `POST ${path}`, `GET ${path}/{id}`, `PUT ${path}/{id}`, `DELETE ${path}/{id}`),
  )
}

/** Addresses that users of earlier systems know and this version does not answer: 501, and what is missing. */
export const missingRoutes: readonly MissingRoute[] = [
  ...all('cost-advice', 'GET /api/v1/finops/recommendations', 'GET /api/v1/finops/forecast'),
  ...all(
    'budgets',
    'GET /api/v1/finops/budgets',
    'POST /api/v1/finops/budgets',
    'PUT /api/v1/finops/budgets',
    'DELETE /api/v1/finops/budgets',
    'PUT /api/v1/finops/budgets/{id}',
    'DELETE /api/v1/finops/budgets/{id}',
    'GET /api/v1/finops/alerts',
    'PUT /api/v1/finops/alerts',
    'PUT /api/v1/finops/alerts/{id}',
  ),
  ...all('cost-reports', 'POST /api/v1/finops/export'),
  ...whole('support', '/support/tickets', '/support/incidents', '/support/rollbacks', '/support/onboarding'),
  ...whole('regions', '/health/regions', '/health/failover', '/health/slo'),
]
