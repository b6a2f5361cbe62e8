import { expect, it } from 'vitest'
import { secondsOf } from './simple'
import { readSpan, writeSpan } from './week'

it('reads weekly times as they may be written, and writes them so that they read the same', () => {
  const days = (text: string) =>
    readSpan(text)
      ?.days.map((on, i) => (on ? i + 1 : 0))
      .filter(Boolean)
  expect(days('周一至周五 09:00-18:00')).toEqual([1, 2, 3, 4, 5])
  expect(days('mon-fri 9:00-18:00')).toEqual([1, 2, 3, 4, 5])
  expect(days('sat,sun 10:00-16:00')).toEqual([6, 7])
  expect(days('fri-mon 22:00-02:00')).toEqual([1, 5, 6, 7])
  expect(days('星期一、星期三 09:00-12:00')).toEqual([1, 3])
  expect(days('每天 00:00-24:00')).toHaveLength(7)
  for (const bad of ['', '周八 09:00-18:00', '周一 9-18', '周一 09:00', '周一 25:00-26:00'])
    expect(readSpan(bad)).toBeUndefined()
  for (const text of [
    '周一至周五 09:00-18:00',
    '周六,周日 10:00-16:00',
    '每天 00:00-24:00',
    '周一,周三,周五至周日 22:00-02:00',
  ])
    for (const language of ['zh', 'en']) {
      const span = readSpan(text)
      expect(span && readSpan(writeSpan(span, language))).toEqual(span)
    }
})

it('reads times in the units of a file', () => {
  expect([secondsOf('5s'), secondsOf('2m'), secondsOf('1m30s'), secondsOf(7)]).toEqual([
    5, 120, 90, 7,
  ])
  expect([secondsOf('soon'), secondsOf('')]).toEqual([undefined, undefined])
})
