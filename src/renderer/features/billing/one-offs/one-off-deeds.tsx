import { Button } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { oneOffs as leaf } from '#shared/contract/billing/one-offs.ts'
import classes from '../review/pane/pane.module.css'
import type { Full } from '../review/types.ts'
import { OneOffDialog } from './one-off-dialog.tsx'
import { useRemoveOneOff } from './use-remove.ts'

/** Why something is charged once, and what can be done about it while its invoice is open. */
export function OneOffDeeds(props: {
  readonly oneOffId: string
  readonly note: string
  readonly invoice: Full
}) {
  const { oneOffId, note, invoice } = props
  const { t } = useTranslation()
  const may = useMay()
  const { data } = useCoreQuery(leaf.list, { customerId: invoice.customerId })
  const { remove, running } = useRemoveOneOff()
  const [editing, setEditing] = useState(false)
  const one = data?.oneOffs.find(({ id }) => id === oneOffId)
  return (
    <>
      {note === '' ? null : (
        <p>
          {t('billing.oneOffs.note')}: {note}
        </p>
      )}
      {one?.open && may(leaf.edit) ? (
        <div className={classes.actions}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} aria-hidden="true" />}
            onClick={() => setEditing(true)}
          >
            {t('billing.oneOffs.edit')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={running}
            leftSection={<IconTrash size={14} aria-hidden="true" />}
            onClick={() => void remove(one)}
          >
            {t('billing.oneOffs.remove')}
          </Button>
        </div>
      ) : null}
      {editing && one ? (
        <OneOffDialog
          customer={{ id: invoice.customerId, name: invoice.customer, zone: invoice.zone }}
          currency={one.currency}
          invoiceId={invoice.id}
          month={invoice.period}
          before={one}
          onClose={() => setEditing(false)}
        />
      ) : null}
    </>
  )
}
