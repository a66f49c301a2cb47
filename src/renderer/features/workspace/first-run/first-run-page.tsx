import { Button } from '@mantine/core'
import { IconFileImport, IconMap2, IconPlant2, IconServer } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send, useCore } from '#renderer/app/core/hooks.ts'
import { useActAs } from '#renderer/app/shell/session.ts'
import { demo } from '#shared/contract/workspace/demo.ts'
import { FirstConnection } from '../connection/connection-page.tsx'
import { FormError } from '../form.tsx'
import classes from '../workspace.module.css'
import { BeginForm } from './begin-form.tsx'

/** Where a bill comes in, once the workspace has a name. */
const IMPORT_ADDRESS = '/finops/bills'

/** The first page of an empty workspace: look round the demo, import a bill, or start empty. */
export function FirstRunPage() {
  const { t } = useTranslation()
  const core = useCore()
  const actAs = useActAs()
  const [form, setForm] = useState<'import' | 'empty' | 'connect' | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const openDemo = async () => {
    setBusy(true)
    setError(null)
    try {
      const { admin } = await send(core, demo.create, {})
      location.hash = '#/'
      await actAs(admin)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <main className={classes.full}>
      <div className={classes.welcome}>
        <h1>{t('workspace.firstRun.title')}</h1>
        <p>{t('workspace.firstRun.text')}</p>
        <FormError error={error} />
        {form === null ? (
          <>
            <section className={classes.choice}>
              <IconMap2 size={22} stroke={1.75} aria-hidden="true" />
              <div>
                <h2>{t('workspace.firstRun.demo')}</h2>
                <p>{t('workspace.firstRun.demoText')}</p>
              </div>
              <Button variant="filled" loading={busy} onClick={() => void openDemo()}>
                {t('workspace.firstRun.demoStart')}
              </Button>
            </section>
            <section className={classes.choice}>
              <IconFileImport size={22} stroke={1.75} aria-hidden="true" />
              <div>
                <h2>{t('workspace.firstRun.import')}</h2>
                <p>{t('workspace.firstRun.importText')}</p>
              </div>
              <Button disabled={busy} onClick={() => setForm('import')}>
                {t('workspace.firstRun.importStart')}
              </Button>
            </section>
            <section className={classes.choice}>
              <IconPlant2 size={22} stroke={1.75} aria-hidden="true" />
              <div>
                <h2>{t('workspace.firstRun.empty')}</h2>
                <p>{t('workspace.firstRun.emptyText')}</p>
              </div>
              <Button disabled={busy} onClick={() => setForm('empty')}>
                {t('workspace.firstRun.emptyStart')}
              </Button>
            </section>
            <section className={classes.choice}>
              <IconServer size={22} stroke={1.75} aria-hidden="true" />
              <div>
                <h2>{t('workspace.connection.joinHere')}</h2>
                <p>{t('workspace.connection.joinHereText')}</p>
              </div>
              <Button disabled={busy} onClick={() => setForm('connect')}>
                {t('workspace.connection.joinHereStart')}
              </Button>
            </section>
          </>
        ) : form === 'connect' ? (
          <FirstConnection onBack={() => setForm(null)} />
        ) : (
          <BeginForm next={form === 'import' ? IMPORT_ADDRESS : '/'} onBack={() => setForm(null)} />
        )}
      </div>
    </main>
  )
}
