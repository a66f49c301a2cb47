import { describe, expect, it } from 'vitest'
import { Refusal } from './errors.ts'
import { findSetting, parseEnvironment, SETTING_NAMES, SETTINGS } from './settings.ts'
import type { AnySetting } from './settings-kinds.ts'
import { isZone } from './zones.ts'

function problemsOf(environment: Record<string, string>) {
  try {
    parseEnvironment(environment)
  } catch (error) {
    if (error instanceof Refusal) return { ...(error.data as { problems: object[] }), text: error.message }
    throw error
  }
  return null
}

describe('the schema of settings', () => {
  it('has a default that its own schema accepts, or none', () => {
    for (const name of SETTING_NAMES) {
      const spec: AnySetting = SETTINGS[name]
      expect(spec.default === null ? null : spec.schema.parse(spec.default)).toEqual(spec.default)
    }
  })

  it('has the variables and defaults that people rely on', () => {
    const listed = SETTING_NAMES.flatMap(name => {
      const { variable, default: value } = SETTINGS[name]
      return variable === null ? [] : [[variable, value]]
    })
    expect(Object.fromEntries(listed)).toEqual({
      SMTP_HOST: null,
      SMTP_PORT: 587,
      SMTP_SECURITY: 'starttls',
      SMTP_USER: null,
      SMTP_PASSWORD: null,
      SMTP_FROM: null,
      NOTIFY_PRIVATE_ADDRESSES: false,
      PRICING_DEFAULT_CURRENCY: 'USD',
      PRICING_TAX_RATE: '0.08',
      BILLING_CYCLE_DEFAULT: 'monthly',
      OPTIMIZATION_STRATEGY: 'balanced',
      SCALING_COOLDOWN_MINUTES: 15,
      BUDGET_ALERT_THRESHOLDS: [50, 75, 90, 100],
      SUPPORT_DEFAULT_TIER: 'standard',
      SLA_TRACKING_ENABLED: true,
      ROLLBACK_APPROVAL_REQUIRED: true,
      STRIPE_KEY: null,
      STRIPE_SECRET: null,
      STRIPE_WEBHOOK_SECRET: null,
      REGION_PRIMARY_URL: null,
      REGION_PRIMARY_HEALTH: null,
      REGION_SECONDARY_URL: null,
      REGION_SECONDARY_HEALTH: null,
    })
  })

  it('finds a setting by its name and by nothing else', () => {
    expect(findSetting('billing.taxRate')?.spec.variable).toBe('PRICING_TAX_RATE')
    expect(findSetting('PRICING_TAX_RATE')).toBeUndefined()
    expect(findSetting('constructor')).toBeUndefined()
  })
})

describe('the environment', () => {
  it('is parsed by the kind of each setting', () => {
    expect(
      parseEnvironment({
        PRICING_DEFAULT_CURRENCY: 'eur',
        PRICING_TAX_RATE: '0.19',
        BILLING_CYCLE_DEFAULT: 'Quarterly',
        SCALING_COOLDOWN_MINUTES: ' 30 ',
        BUDGET_ALERT_THRESHOLDS: '80, 90,95',
        SUPPORT_DEFAULT_TIER: 'Premium',
        SLA_TRACKING_ENABLED: 'off',
        ROLLBACK_APPROVAL_REQUIRED: '1',
        STRIPE_SECRET: 'sk_test_1',
        REGION_PRIMARY_URL: 'https://eu.example.com/',
        HOME: '/root',
      }),
    ).toEqual({
      'billing.defaultCurrency': 'EUR',
      'billing.taxRate': '0.19',
      'billing.cycle': 'quarterly',
      'finops.scalingCooldown': 30,
      'finops.alertThresholds': [80, 90, 95],
      'support.defaultTier': 'premium',
      'support.slaTracking': false,
      'support.rollbackApproval': true,
      'payments.stripeSecret': 'sk_test_1',
      'health.primaryUrl': 'https://eu.example.com/',
    })
  })

  it('takes an empty variable as not set', () => {
    expect(parseEnvironment({ PRICING_TAX_RATE: '', STRIPE_KEY: '  ' })).toEqual({})
  })

  it.each([
    ['PRICING_DEFAULT_CURRENCY', 'EURO'],
    ['PRICING_TAX_RATE', '8%'],
    ['PRICING_TAX_RATE', '1.2'],
    ['PRICING_TAX_RATE', '-0.1'],
    ['BILLING_CYCLE_DEFAULT', 'sometimes'],
    ['OPTIMIZATION_STRATEGY', 'yolo'],
    ['SCALING_COOLDOWN_MINUTES', '15m'],
    ['SCALING_COOLDOWN_MINUTES', '1.5'],
    ['SCALING_COOLDOWN_MINUTES', '-1'],
    ['SCALING_COOLDOWN_MINUTES', '99999'],
    ['BUDGET_ALERT_THRESHOLDS', '80,,95'],
    ['BUDGET_ALERT_THRESHOLDS', '95,80'],
    ['BUDGET_ALERT_THRESHOLDS', '0,80'],
    ['BUDGET_ALERT_THRESHOLDS', '80,5000'],
    ['SUPPORT_DEFAULT_TIER', 'very high'],
    ['SLA_TRACKING_ENABLED', 'maybe'],
    ['REGION_PRIMARY_URL', 'ftp://eu.example.com'],
    ['REGION_PRIMARY_HEALTH', 'not an address'],
  ])('names the variable %s when it is %s', (variable, value) => {
    const found = problemsOf({ [variable]: value })
    expect(found?.problems).toMatchObject([{ variable }])
    expect(found?.text).toContain(`${variable} must`)
  })

  it('names every variable at once and repeats no secret', () => {
    const found = problemsOf({ STRIPE_SECRET: 'x'.repeat(4001), PRICING_TAX_RATE: 'much' })
    expect(found?.problems).toHaveLength(2)
    expect(found?.text).not.toContain('xxx')
  })
})

describe('pictures', () => {
  const { schema } = SETTINGS['billing.logo']
  it('are small PNG or JPEG files as data addresses', () => {
    expect(schema.safeParse('data:image/png;base64,iVBORw0KGgo=').success).toBe(true)
    expect(schema.safeParse('data:image/jpeg;base64,/9j/4AAQ').success).toBe(true)
    for (const other of [
      'https://example.com/logo.png',
      'data:image/svg+xml;base64,PHN2Zz4=',
      'data:image/png;base64,<script>',
      `data:image/png;base64,${'A'.repeat(273_100)}`,
    ])
      expect(schema.safeParse(other).success).toBe(false)
  })
})

describe('time zones', () => {
  it('are names of the IANA database', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].every(isZone)).toBe(true)
    expect(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin; DROP'].some(isZone)).toBe(false)
  })
})
