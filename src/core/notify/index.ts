import type { EnvironmentSettings } from '#shared/settings.ts'
import { cancelDelivery, listDeliveries, retryDelivery } from './delivery-rows.ts'
import { countInbox, listInbox, markAll, markNotice } from './inbox.ts'
import { listWords, resetWords, setWords } from './own-words.ts'
import { getPreferences, setPreferences } from './preferences.ts'
import { addSuppression, listSuppressions, removeSuppression } from './suppressions.ts'
import { addChannel, changeChannel, listChannels, removeChannel, sendTest } from './workspace-channels.ts'

/** What people see and decide of notifications. */
export function notificationHandlers(environment: EnvironmentSettings) {
  return {
    inbox: { list: listInbox, count: countInbox, mark: markNotice, markAll },
    deliveries: { list: listDeliveries, retry: retryDelivery, cancel: cancelDelivery },
    preferences: { get: getPreferences(environment), set: setPreferences },
    channels: {
      list: listChannels(environment),
      add: addChannel,
      change: changeChannel,
      remove: removeChannel,
    },
    test: sendTest(environment),
    suppressions: { list: listSuppressions, add: addSuppression, remove: removeSuppression },
    words: { list: listWords, set: setWords, reset: resetWords },
  }
}
