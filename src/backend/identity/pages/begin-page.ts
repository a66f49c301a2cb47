import { currencies } from '#shared/currencies.ts'
import { html } from './html.ts'
import { choice, field, form, notice, page } from './layout.ts'
import { passphraseFields } from './pages.ts'

export interface BeginPage {
  readonly action: string
  readonly values: {
    readonly name: string
    readonly zone: string
    readonly currency: string
    readonly person: string
    readonly email: string
  }
  readonly problem?: string | undefined
}

/** The first page of a new server: the workspace, and its first admin. */
export function beginPage({ action, values, problem }: BeginPage): string {
  return page({
    title: 'Set up this server',
    body: html`${problem ? notice('critical', problem) : null}
<p class="lead">Name the workspace and make your account. You will be its first admin, and invite the others.</p>
${form({
  action,
  fields: [
    field({
      ...{ name: 'name', label: 'Name of the workspace', value: values.name, focus: true },
      ...{ hint: 'Usually the name of your company.', autocomplete: 'organization' },
    }),
    choice({
      ...{ name: 'zone', label: 'Time zone', value: values.zone },
      hint: 'Days and months begin at midnight there.',
      options: ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')].map(zone => ({
        value: zone,
        label: zone.replaceAll('_', ' '),
      })),
    }),
    choice({
      ...{ name: 'currency', label: 'Main currency', value: values.currency },
      options: currencies.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` })),
    }),
    field({ name: 'person', label: 'Your name', value: values.person, autocomplete: 'name' }),
    field({
      ...{ name: 'email', label: 'Your e-mail address', type: 'email', value: values.email },
      autocomplete: 'username',
    }),
    ...passphraseFields(),
  ],
  submit: 'Create the workspace',
})}`,
  })
}
