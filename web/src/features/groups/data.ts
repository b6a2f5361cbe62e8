import { crud } from '@/lib/crud'
import type { GroupInput, GroupView } from '@/lib/types'

export const {
  key: groupsKey,
  useList: useGroups,
  useSave: useSaveGroup,
  useRemove: useRemoveGroup,
} = crud<GroupView, GroupInput>('groups')
