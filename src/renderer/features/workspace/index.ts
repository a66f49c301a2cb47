import { IconBuilding } from '@tabler/icons-react'
import type { Feature } from '#renderer/app/feature.ts'

/** People, settings, jobs, log and the state of the workspace itself. */
export const workspace: Feature = { id: 'workspace', icon: IconBuilding, screens: [] }
