import { describe, expect, it } from 'vitest'
import type { LiveCall } from '@/lib/types'
import { merge } from './data'

const call = (id: string, state: LiveCall['state'] = 'ivr'): LiveCall => ({
  id,
  direction: 'in',
  state,
  from: '13800138000',
  to: '4001234567',
  started: '2026-11-22T06:00:00Z',
  since: '2026-11-22T06:00:00Z',
})

describe('the live list', () => {
  it('adds, changes and removes calls as news says', () => {
    let list = merge([], { call: call('a') })
    list = merge(list, { call: call('b') })
    list = merge(list, { call: call('a', 'talking') })
    expect(list.map((c) => `${c.id} ${c.state}`)).toEqual(['a talking', 'b ivr'])
    expect(merge(list, { ended: 'a' }).map((c) => c.id)).toEqual(['b'])
  })

  it('does not change for an end that is told twice', () => {
    const list = [call('a')]
    expect(merge(merge(list, { ended: 'x' }), { ended: 'x' })).toEqual(list)
  })
})
