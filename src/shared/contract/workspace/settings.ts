import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { findSetting } from '../../settings.ts'
import { command, Instant, query } from '../define.ts'

/** A value as it is stored and shown. A decimal is text; a list is of texts or of numbers. */
export const SettingValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.array(z.number()),
  z.null(),
])
export type SettingValue = z.infer<typeof SettingValue>

export const Setting = z.object({
  name: z.string(),
  group: z.enum(['workspace', 'notify', 'billing', 'finops', 'support', 'health', 'payments']),
  /** How it is edited. */
  kind: z.enum([
    'text',
    'number',
    'decimal',
    'boolean',
    'choice',
    'texts',
    'numbers',
    'zone',
    'currency',
    'url',
    'image',
  ]),
  /** For a choice. */
  choices: z.array(z.string()),
  /** What a number counts, for example `minutes`. */
  unit: z.string().nullable(),
  secret: z.boolean(),
  /** The environment variable that overrides it, where there is one. */
  variable: z.string().nullable(),
  /** null for a secret, always, and where nothing is set. */
  value: SettingValue,
  /** Whether there is a value: all that is told of a secret. */
  isSet: z.boolean(),
  source: z.enum(['default', 'stored', 'environment']),
  default: SettingValue,
  changedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  changedAt: Instant.nullable(),
})
export type Setting = z.infer<typeof Setting>

const failures = {
  WORKSPACE_SETTING_UNKNOWN: { data: z.object({ name: z.string() }) },
  /** The environment decides: change the variable where the host is started. */
  WORKSPACE_SETTING_OVERRIDDEN: { data: z.object({ name: z.string(), variable: z.string() }) },
  WORKSPACE_SETTING_INVALID: { data: z.object({ name: z.string(), message: z.string() }) },
  /** Only secrets are kept apart. */
  WORKSPACE_SETTING_NOT_SECRET: { data: z.object({ name: z.string() }) },
  /** It cannot be without a value. */
  WORKSPACE_SETTING_REQUIRED: { data: z.object({ name: z.string() }) },
}
const Name = z.string().max(100)
/** Refused before it could get into the log, where refused commands are too. */
const NameInTheOpen = Name.refine(
  name => findSetting(name)?.spec.secret !== true,
  'a secret is set by workspace.settings.setSecret',
)

export const settings = {
  /** All settings with value and source. */
  list: query('workspace.settings.list', { roles: EVERYONE })
    .input(z.object({}))
    .output(z.object({ settings: z.array(Setting) })),
  set: command('workspace.settings.set', { roles: ['admin'] })
    .input(z.object({ name: NameInTheOpen, value: SettingValue }))
    .output(Setting)
    .errors(failures),
  /** Back to the default. */
  clear: command('workspace.settings.clear', { roles: ['admin'] })
    .input(z.object({ name: Name }))
    .output(Setting)
    .errors(failures),
  /** Stores a secret. It is in no log and in no answer, and cannot be undone. */
  setSecret: command('workspace.settings.setSecret', { roles: ['admin'], secret: ['value'] })
    .input(z.object({ name: Name, value: z.string().min(1).max(4000) }))
    .output(Setting)
    .errors(failures),
}
