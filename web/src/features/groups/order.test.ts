import { expect, it } from 'vitest'
import { addMembers, moveMember } from './order'

const names = (ms: { agent: number; order: number }[]) =>
  ms.map((m) => `${m.order}:${m.agent}`).join(' ')

it('adds members at the end, each once', () => {
  const ms = addMembers(addMembers([], [7, 8]), [8, 9])
  expect(names(ms)).toBe('0:7 1:8 2:9')
})

it('moves members and stops at the ends', () => {
  const ms = addMembers([], [7, 8, 9])
  expect(names(moveMember(ms, 2, -1))).toBe('0:7 1:9 2:8')
  expect(names(moveMember(ms, 0, 1))).toBe('0:8 1:7 2:9')
  expect(names(moveMember(ms, 0, -1))).toBe('0:7 1:8 2:9')
  expect(names(moveMember(ms, 2, 1))).toBe('0:7 1:8 2:9')
})
