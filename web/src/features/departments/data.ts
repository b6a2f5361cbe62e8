import { crud } from '@/lib/crud'
import type { DepartmentInput, DepartmentView } from '@/lib/types'

export const {
  key: departmentsKey,
  useList: useDepartments,
  useSave: useSaveDepartment,
  useRemove: useRemoveDepartment,
} = crud<DepartmentView, DepartmentInput>('departments')
