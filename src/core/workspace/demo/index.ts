import type { Handlers } from '#core/runtime/handlers.ts'
import type { Contract } from '#shared/contract/index.ts'
import { createDemo } from './create-demo.ts'
import { demoState } from './demo-state.ts'
import { removeDemo } from './remove-demo.ts'

export const demoHandlers: Handlers<Contract['workspace']['demo']> = {
  state: demoState,
  create: createDemo,
  remove: removeDemo,
}
