import { crud } from '@/lib/crud'
import type { RoleInput, RoleView } from '@/lib/types'

export const {
  key: rolesKey,
  useList: useRoles,
  useSave: useSaveRole,
  useRemove: useRemoveRole,
} = crud<RoleView, RoleInput>('roles')
