import { Button, SegmentedControl, Select, Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '#renderer/app/shell/session.ts'
import { LANGUAGES } from '#renderer/i18n/i18n.ts'
import {
  type DateStyle,
  type Density,
  type NumberStyle,
  type Theme,
  useLayout,
} from '#renderer/state/layout.ts'
import { formatNumber } from '#renderer/ui/format/decimal.ts'
import { formatInstant } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page, Section } from '#renderer/ui/page/page.tsx'
import classes from '../workspace.module.css'
import { PassphraseForm } from './passphrase-form.tsx'

const NUMBER_STYLES: readonly NumberStyle[] = [
  'comma-point',
  'point-comma',
  'space-comma',
  'apostrophe-point',
]
const DATE_STYLES: readonly DateStyle[] = ['day-month', 'month-day', 'iso']

/** How this person wants the workstation to look, and their passphrase. */
export function PreferencesPage() {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const toasts = useToasts()
  const { person, workspace } = useSession()
  const layout = useLayout()
  const [form, setForm] = useState<'set' | 'clear' | null>(null)
  return (
    <Page title={t('workspace.screen.preferences')} subtitle={t('workspace.preferences.text')} text>
      <Section title={t('workspace.preferences.look')}>
        <div className={classes.choices}>
          <span id="pref-theme">{t('workspace.preferences.theme')}</span>
          <SegmentedControl
            aria-labelledby="pref-theme"
            value={layout.theme}
            data={(['system', 'light', 'dark'] as const).map(theme => ({
              value: theme,
              label: t(`workspace.preferences.themeWord.${theme}`),
            }))}
            onChange={theme => layout.set({ theme: theme as Theme })}
          />
          <span id="pref-contrast">{t('workspace.preferences.contrast')}</span>
          <Switch
            aria-labelledby="pref-contrast"
            checked={layout.contrast}
            onChange={event => layout.set({ contrast: event.currentTarget.checked })}
          />
          <span id="pref-density">{t('workspace.preferences.density')}</span>
          <SegmentedControl
            aria-labelledby="pref-density"
            value={layout.density}
            data={(['compact', 'comfortable'] as const).map(density => ({
              value: density,
              label: t(`workspace.preferences.densityWord.${density}`),
            }))}
            onChange={density => layout.set({ density: density as Density })}
          />
        </div>
      </Section>
      <Section title={t('workspace.preferences.formats')}>
        <div className={classes.choices}>
          <span id="pref-numbers">{t('workspace.preferences.numbers')}</span>
          <Select
            aria-labelledby="pref-numbers"
            value={layout.numberStyle}
            data={NUMBER_STYLES.map(style => ({ value: style, label: formatNumber(-1234567.89, 2, style) }))}
            onChange={style => style && layout.set({ numberStyle: style as NumberStyle })}
          />
          <span id="pref-dates">{t('workspace.preferences.dates')}</span>
          <Select
            aria-labelledby="pref-dates"
            value={layout.dateStyle}
            data={DATE_STYLES.map(style => ({ value: style, label: formatInstant(now, format.zone, style) }))}
            onChange={style => style && layout.set({ dateStyle: style as DateStyle })}
          />
          <span id="pref-language">{t('workspace.preferences.language')}</span>
          <Select
            aria-labelledby="pref-language"
            value={layout.language}
            data={Object.entries(LANGUAGES).map(([code, language]) => ({
              value: code,
              label: language.name,
            }))}
            onChange={code => {
              if (code === null) return
              layout.set({ language: code as keyof typeof LANGUAGES })
              void i18n.changeLanguage(code)
            }}
          />
        </div>
      </Section>
      <Section title={t('workspace.preferences.grids')}>
        <Button
          onClick={() => {
            layout.set({ grids: {} })
            toasts.show({ text: t('workspace.preferences.resetDone') })
          }}
        >
          {t('workspace.preferences.resetGrids')}
        </Button>
      </Section>
      {person && !workspace.demo ? (
        <Section title={t('workspace.preferences.passphrase')}>
          <p>{t('workspace.preferences.passphraseText')}</p>
          <div className={classes.buttons}>
            <Button onClick={() => setForm('set')}>
              {person.hasPassphrase
                ? t('workspace.preferences.changePassphrase')
                : t('workspace.preferences.setPassphrase')}
            </Button>
            {person.hasPassphrase ? (
              <Button onClick={() => setForm('clear')}>{t('workspace.preferences.clearPassphrase')}</Button>
            ) : null}
          </div>
          {form ? <PassphraseForm person={person} what={form} onClose={() => setForm(null)} /> : null}
        </Section>
      ) : null}
    </Page>
  )
}
