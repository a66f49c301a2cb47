import { defineTopic } from '../topic.ts'

export const mentioned = defineTopic({
  id: 'workspace.mentioned',
  name: 'Somebody mentions me',
  about: 'A comment has your name in it.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: false,
  params: { author: 'text', text: 'text' },
  words: { en: { title: '{author} mentioned you', body: '{text}' } },
  example: { author: 'Ada Lovelace', text: 'Can you look at the usage of October before we issue it?' },
})

export const jobFinished = defineTopic({
  id: 'workspace.jobFinished',
  name: 'A job of mine is finished',
  about: 'An import, a close or another job that you asked for and that took a while is done.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop'],
  broadcast: false,
  params: { job: 'text' },
  words: { en: { title: '{job} is finished', body: 'Open it to see the result.' } },
  example: { job: 'The close of a month' },
})

export const jobFailed = defineTopic({
  id: 'workspace.jobFailed',
  name: 'A job of mine failed',
  about: 'An import, a close or another job that you asked for could not be done.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: false,
  params: { job: 'text', left: 'text' },
  words: { en: { title: '{job} failed', body: 'Open it to see why. {left}' } },
  example: { job: 'The import of a bill', left: 'Nothing was left half done.' },
})

export const approvalAsked = defineTopic({
  id: 'workspace.approvalAsked',
  name: 'Somebody asks for my approval',
  about: 'A request waits for the vote of people with your roles.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { asker: 'text', what: 'text', reason: 'text' },
  words: { en: { title: '{asker} asks for your approval', body: '{what}: {reason}' } },
  example: {
    asker: 'Ada Lovelace',
    what: 'A price below the floor for Acme Inc.',
    reason: 'They sign for three years.',
  },
})

export const approvalDecided = defineTopic({
  id: 'workspace.approvalDecided',
  name: 'My request for approval is decided',
  about: 'What you asked others to approve was approved or refused, or it ended.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: false,
  params: { what: 'text', outcome: 'text' },
  words: { en: { title: 'Your request {outcome}', body: '{what}' } },
  example: { what: 'A price below the floor for Acme Inc.', outcome: 'was approved' },
})

export const testMessage = defineTopic({
  id: 'workspace.notificationTest',
  name: 'A test message',
  about: 'Somebody tries whether a channel works.',
  audience: 'staff',
  urgency: 'urgent',
  defaults: ['desktop', 'email'],
  broadcast: false,
  params: { by: 'text' },
  words: {
    en: {
      title: 'A test message',
      body: '{by} tried whether this channel works. It does: you are reading it.',
    },
  },
  example: { by: 'Ada Lovelace' },
})

export const deliveryFailed = defineTopic({
  id: 'workspace.deliveryFailed',
  name: 'A message to a customer did not arrive',
  about: 'A mail to a customer came back, or was given up.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { what: 'text', customer: 'text', address: 'text', reason: 'text' },
  words: {
    en: {
      title: 'A message did not reach {customer}',
      body: '“{what}” to {address} did not arrive: {reason}\n\nCheck the address, then send it again.',
    },
  },
  example: {
    what: 'Invoice INV-2026-00042',
    customer: 'Acme Inc.',
    address: 'billing@acme.example',
    reason: 'the mail server says that there is no such address.',
  },
})
