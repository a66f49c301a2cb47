import type { WaitingDesk } from '../devices.ts'
import { html } from './html.ts'
import { field, form, notice, page } from './layout.ts'

/** Asks for the code that a desk shows. */
export function deviceCodePage({ place, problem }: { place: string; problem?: string | undefined }): string {
  return page({
    title: 'Connect a desk',
    place,
    body: html`${problem ? notice('critical', problem) : null}
<p class="lead">Quarterdeck on your computer shows a code of eight letters. Type it here.</p>
<form method="get" action="/device">
${field({ name: 'code', label: 'Code', autocomplete: 'off', focus: true, code: true })}
<button type="submit" class="primary">Continue</button>
</form>`,
  })
}

/** Shows what asks, so that the person can compare. */
export function deviceConfirmPage(parts: {
  readonly place: string
  readonly person: string
  readonly desk: WaitingDesk
}): string {
  const { place, person, desk } = parts
  const decide = (decision: 'confirm' | 'refuse', submit: string) =>
    form({
      ...{ action: '/device', hidden: { code: desk.code, decision }, fields: [], submit },
      plain: decision === 'refuse',
    })
  return page({
    title: 'Connect this desk?',
    place,
    body: html`<p class="lead">Compare this with what the desk shows. Confirm only a desk that is in front of you: it will work in your name, ${person}.</p>
<p class="device-code">${desk.code}</p>
<dl class="facts">
<dt>Desk</dt><dd>${desk.name}</dd>
<dt>System</dt><dd>${desk.platform}</dd>
<dt>Asked from</dt><dd>${desk.address}</dd>
<dt>Asked at</dt><dd>${new Date(Number(desk.createdAt)).toISOString().slice(0, 16).replace('T', ' ')} UTC</dd>
</dl>
<div class="actions">${decide('confirm', 'Confirm')}${decide('refuse', 'Refuse')}</div>
<p class="links">Somebody sent you this code or this link? Refuse: nobody of your company asks for that.</p>`,
  })
}
