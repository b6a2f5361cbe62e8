import { expect, test } from 'vitest'
import { matching } from './pass-on'

const all = {
  agents: [
    { id: 1, name: '王芳', number: '8001', state: 'idle' as const, ready: true },
    { id: 2, name: '李雷', number: '8002', state: 'talking' as const, ready: false },
  ],
  groups: [{ id: 3, name: '售后组', idle: 1, online: 2, waiting: 0 }],
}

test('words find colleagues and groups, digits are a number too', () => {
  expect(matching(all, '')).toMatchObject({ number: '', agents: all.agents, groups: all.groups })
  expect(matching(all, '李').agents.map((a) => a.id)).toEqual([2])
  expect(matching(all, '售后').groups).toHaveLength(1)
  expect(matching(all, '8001')).toMatchObject({ number: '8001', groups: [] })
  expect(matching(all, '138-0013 8000').number).toBe('13800138000')
  expect(matching(all, '12').number).toBe('')
  expect(matching(all, '138;rm').number).toBe('')
})
