import { crud } from '@/lib/crud'
import type { TrunkInput, TrunkView } from '@/lib/types'

export const {
  key: trunksKey,
  useList: useTrunks,
  useSave: useSaveTrunk,
  useRemove: useRemoveTrunk,
} = crud<TrunkView, TrunkInput>('trunks')
