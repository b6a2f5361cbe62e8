import { expect, it } from 'vitest'
import { dialable, groupNumber } from './phone-number'

it('groups numbers as people read them', () => {
  expect(groupNumber('13800138000')).toBe('138 0013 8000')
  expect(groupNumber('+8613800138000')).toBe('138 0013 8000')
  expect(groupNumber('01088886666')).toBe('010 8888 6666')
  expect(groupNumber('+861088886666')).toBe('010 8888 6666')
  expect(groupNumber('07558888666')).toBe('0755 8888 666')
  expect(groupNumber('4001234567')).toBe('400 123 4567')
  expect(groupNumber('138****8000')).toBe('138 **** 8000')
  expect(groupNumber('8001')).toBe('8001')
  expect(groupNumber('+4930123456')).toBe('+4930123456')
})

it('takes what can be dialled out of pasted text', () => {
  expect(dialable(' 138-0013 8000 ')).toBe('13800138000')
  expect(dialable('+49 (30) 123')).toBe('+4930123')
  expect(dialable('电话：010-8888')).toBe('0108888')
  expect(dialable('abc')).toBe('')
})
