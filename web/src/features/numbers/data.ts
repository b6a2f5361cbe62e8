import { crud } from '@/lib/crud'
import type { NumberInput, NumberView } from '@/lib/types'

export const {
  key: numbersKey,
  useList: useNumbers,
  useSave: useSaveNumber,
  useRemove: useRemoveNumber,
} = crud<NumberView, NumberInput>('numbers')
