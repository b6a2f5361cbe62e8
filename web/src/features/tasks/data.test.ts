import { describe, expect, it } from 'vitest'
import type { TaskView } from '@/lib/types'
import { newer } from './data'
import { size } from './tasks-page'

const task = (state: TaskView['state'], done = 0): TaskView => ({
  id: 1,
  kind: 'calls.export',
  title: '',
  owner: '李静',
  owner_id: 1,
  state,
  done,
  total: 10,
  attempts: 1,
  created_at: '2026-11-22T08:00:00Z',
})

describe('news of tasks', () => {
  it('takes what is newer', () => {
    expect(newer(task('running', 2), task('running', 5)).done).toBe(5)
    expect(newer(task('running', 9), task('done', 10)).state).toBe('done')
  })
  it('does not turn back what has ended', () => {
    expect(newer(task('done', 10), task('running', 9)).state).toBe('done')
    expect(newer(task('failed'), { ...task('waiting'), attempts: 0 }).state).toBe('waiting')
  })
})

it('tells sizes as people read them', () => {
  expect([0, 1023, 1024, 1536, 1_048_576, 5_500_000_000].map(size)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KB',
    '1.5 KB',
    '1.0 MB',
    '5.1 GB',
  ])
})
