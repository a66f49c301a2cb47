import { answer } from '#core/runtime/handlers.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import {
  addAddOn,
  cancelSubscription,
  changeAddOn,
  changeSubscription,
  endAddOn,
  pauseSubscription,
  reactivateSubscription,
  restoreSubscription,
  resumeSubscription,
  setCard,
  startSubscription,
  takeBackChange,
} from './change-subscription.ts'
import { dueSubscriptions, noteSubscriptions } from './note.ts'
import { nextInvoice, previewChange } from './preview.ts'
import { loadSubscriptions, shownAt } from './subscription-rows.ts'
import { sweepSubscriptions } from './sweep-job.ts'
import { setTrialRule, trialRules } from './trial-rules.ts'
import { overviewSubscriptions, subscriptionStory } from './views.ts'

const listSubscriptions = answer(leaf.list, async ({ reader, input, now }) => ({
  subscriptions: await shownAt(reader, await loadSubscriptions(reader, input), now),
}))

export const subscriptionHandlers = (environment: EnvironmentSettings) => ({
  list: listSubscriptions,
  overview: overviewSubscriptions,
  story: subscriptionStory,
  nextInvoice: nextInvoice(environment),
  preview: previewChange(environment),
  start: startSubscription,
  change: changeSubscription,
  pause: pauseSubscription,
  resume: resumeSubscription,
  cancel: cancelSubscription,
  reactivate: reactivateSubscription,
  setCard,
  addAddOn,
  changeAddOn,
  endAddOn,
  takeBack: takeBackChange,
  setTrialRule,
  trialRules,
  sweep: sweepSubscriptions,
  due: dueSubscriptions(environment),
  note: noteSubscriptions(environment),
  restore: restoreSubscription,
})
