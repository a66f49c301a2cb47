import type { Services } from '#core/features.ts'
import { checkLog, logHead, verifyLog } from '#core/log/index.ts'
import { notificationHandlers } from '#core/notify/index.ts'
import type { Handlers } from '#core/runtime/handlers.ts'
import type { Contract } from '#shared/contract/index.ts'
import { actAs, clearPassphrase, leave, setPassphrase, storePassphrase } from './acting.ts'
import type { ApprovalKinds } from './approvals/approval-kind.ts'
import { approvalHandlers } from './approvals/index.ts'
import {
  addComment,
  editComment,
  listComments,
  mentioningMe,
  removeComment,
  restoreComment,
} from './comments.ts'
import { demoHandlers } from './demo/index.ts'
import { diagnostics } from './diagnostics.ts'
import { listEffects, retryEffect } from './effects.ts'
import { runHousekeeping } from './housekeeping.ts'
import { cancelJob, getJob, listJobs, stopJob } from './jobs.ts'
import {
  addKeychain,
  addKeyFile,
  addPassphrase,
  confirmRecoveryKey,
  listKeys,
  makeRecoveryKey,
  noteKeys,
  removeSlot,
} from './keys.ts'
import { listLog, undo } from './log.ts'
import { addPerson, editPerson, listPeople, setActive, setRoles } from './people.ts'
import { scheduleHandlers } from './schedules/index.ts'
import type { ScheduleKinds } from './schedules/schedule-kind.ts'
import { search, searchRows } from './search.ts'
import { live, session } from './session.ts'
import { clearSetting, listSettings, setSecret, setSetting } from './settings.ts'
import { beginWorkspace, createWorkspace, setupState } from './setup.ts'
import { listViews, removeView, renameView, restoreView, saveView, shareView } from './views.ts'

export function workspaceHandlers(
  services: Services,
  scheduleKinds: ScheduleKinds,
  approvalKinds: ApprovalKinds,
): Handlers<Contract['workspace']> {
  const { environment } = services
  return {
    session,
    live: live(services.live),
    setup: { state: setupState(services), begin: beginWorkspace, create: createWorkspace },
    demo: demoHandlers,
    keys: {
      list: listKeys(services),
      makeRecoveryKey: makeRecoveryKey(services),
      confirmRecoveryKey: confirmRecoveryKey(services),
      addPassphrase: addPassphrase(services),
      addKeyFile: addKeyFile(services),
      addKeychain: addKeychain(services),
      removeSlot: removeSlot(services),
      note: noteKeys,
    },
    people: {
      list: listPeople,
      add: addPerson,
      edit: editPerson,
      setRoles,
      setActive,
      actAs: actAs(services),
      leave: leave(services),
      setPassphrase: setPassphrase(services),
      clearPassphrase: clearPassphrase(services),
      storePassphrase,
    },
    settings: {
      list: listSettings(environment),
      set: setSetting(environment),
      clear: clearSetting(environment),
      setSecret: setSecret(environment),
    },
    search: { query: search, rows: searchRows },
    comments: {
      list: listComments,
      mentioningMe,
      add: addComment,
      edit: editComment,
      remove: removeComment,
      restore: restoreComment,
    },
    approval: approvalHandlers(approvalKinds),
    views: {
      list: listViews,
      save: saveView,
      rename: renameView,
      share: shareView,
      remove: removeView,
      restore: restoreView,
    },
    jobs: { list: listJobs, get: getJob, cancel: cancelJob, stop: stopJob },
    effects: { list: listEffects, retry: retryEffect },
    notifications: notificationHandlers(environment),
    log: { list: listLog, undo, head: logHead, check: checkLog, verify: verifyLog(services.logHeads) },
    housekeeping: { run: runHousekeeping(environment) },
    schedules: scheduleHandlers(scheduleKinds),
    diagnostics: { get: diagnostics(services) },
  }
}
