import { defineTopic } from '../topic.ts'

export const contractEnds = defineTopic({
  id: 'billing.contractEnds',
  name: 'A contract ends soon',
  about: 'Thirty days before a contract ends, once.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { number: 'text', customer: 'text', day: 'text' },
  words: {
    en: {
      title: '{number} with {customer} ends on {day}',
      body: 'From then on everything costs what the plans say. Amend it, or make another one.',
    },
  },
  example: { number: 'C-2026-004', customer: 'Northwind', day: '2026-12-31' },
})

export const contractNotice = defineTopic({
  id: 'billing.contractNotice',
  name: 'A contract renews itself soon',
  about: 'Thirty days before it can no longer be said that a contract shall not go on, once for each term.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { number: 'text', customer: 'text', day: 'text' },
  words: {
    en: {
      title: '{number} with {customer} renews itself: notice until {day}',
      body: 'Who does not want it to go on says so until then. Open it to see how far its commitments are.',
    },
  },
  example: { number: 'C-2026-004', customer: 'Northwind', day: '2026-10-02' },
})
