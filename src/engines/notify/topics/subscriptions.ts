import { defineTopic } from '../topic.ts'

/** What came about in the life of a subscription by itself. */
export const subscriptionMoved = defineTopic({
  id: 'billing.subscriptionMoved',
  name: 'Subscriptions',
  about: 'A trial became a subscription or ran out, payments fell behind, a subscription ended.',
  audience: 'staff',
  urgency: 'normal',
  defaults: [],
  broadcast: true,
  params: { customer: 'text', plan: 'text', state: 'text', at: 'instant' },
  words: {
    en: { title: '{customer}: {plan} is {state}', body: '{plan} of {customer} is {state} since {at}.' },
  },
  example: { customer: 'Acme Inc.', plan: 'Professional', state: 'past due', at: 1_767_225_600_000n },
})

/** A trial that is about to end. */
export const trialEnds = defineTopic({
  id: 'billing.trialEnds',
  name: 'Trials that end soon',
  about: 'A trial of a customer ends within three days.',
  audience: 'staff',
  urgency: 'normal',
  defaults: [],
  broadcast: true,
  params: { customer: 'text', plan: 'text', at: 'instant' },
  words: {
    en: {
      title: 'The trial of {customer} ends soon',
      body: 'The trial of {plan} by {customer} ends at {at}.',
    },
  },
  example: { customer: 'Acme Inc.', plan: 'Professional', at: 1_767_225_600_000n },
})

/** The same, to the customer. */
export const trialEndsForCustomer = defineTopic({
  id: 'billing.trialEndsForCustomer',
  name: 'Trial ends, to the customer',
  about: 'The billing contacts of a customer hear three days before that its trial ends.',
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params: { plan: 'text', endsOn: 'day', company: 'text' },
  words: {
    en: {
      title: 'Your trial of {plan} ends on {endsOn}',
      body: ['Hello,', '', 'your trial of {plan} ends on {endsOn}.', '', '{company}'].join('\n'),
    },
    de: {
      title: 'Ihre Testphase für {plan} endet am {endsOn}',
      body: ['Guten Tag,', '', 'Ihre Testphase für {plan} endet am {endsOn}.', '', '{company}'].join('\n'),
    },
    fr: {
      title: 'Votre essai de {plan} se termine le {endsOn}',
      body: ['Bonjour,', '', 'votre essai de {plan} se termine le {endsOn}.', '', '{company}'].join('\n'),
    },
    es: {
      title: 'Su prueba de {plan} termina el {endsOn}',
      body: ['Hola:', '', 'su prueba de {plan} termina el {endsOn}.', '', '{company}'].join('\n'),
    },
    ja: {
      title: '{plan} の試用期間は {endsOn} に終了します',
      body: ['{plan} の試用期間は {endsOn} に終了します。', '', '{company}'].join('\n'),
    },
  },
  example: { plan: 'Professional', endsOn: '2026-12-21', company: 'Example Cloud Ltd.' },
})
