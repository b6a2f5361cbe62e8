import type { ReactNode } from 'react'
import { useCan } from '@/features/session/session'
import { Forbidden } from './page-state'

/** Draws a page only for those with one of the rights. The API refuses the others as well. */
export function Need({ right, children }: { right: string | string[]; children: ReactNode }) {
  const can = useCan()
  const rights = Array.isArray(right) ? right : [right]
  return rights.some(can) ? children : <Forbidden right={rights[0]} />
}
