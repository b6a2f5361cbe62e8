import { expect, it } from 'vitest'
import { keyName, usable } from './hotkeys'

const press = (
  key: string,
  mods: Partial<Record<'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey', boolean>> = {},
) => keyName({ key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...mods })

it('names keys as people say them', () => {
  expect(press('F2')).toBe('F2')
  expect(press('d', { ctrlKey: true })).toBe('Ctrl+D')
  expect(press('D', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+D')
  expect(press(' ', { altKey: true })).toBe('Alt+Space')
  expect(press('Control', { ctrlKey: true })).toBe('')
  expect(press('Process')).toBe('') // an input method at work
})

it('takes no key that people type with', () => {
  expect(usable('F8')).toBe(true)
  expect(usable('Alt+1')).toBe(true)
  expect(usable('A')).toBe(false)
  expect(usable('Shift+A')).toBe(false)
  expect(usable('Enter')).toBe(false)
})
