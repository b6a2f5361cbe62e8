import { describe, expect, it } from 'vitest'
import { begin, change, redo, undo } from './history'

describe('history', () => {
  it('goes back and forth, and forgets what was undone once something else is done', () => {
    let h = change(change(begin('a'), 'b', undefined, 1), 'c', undefined, 2)
    h = undo(undo(h))
    expect(h.now).toBe('a')
    h = redo(h)
    expect(h.now).toBe('b')
    h = change(h, 'd', undefined, 3)
    expect(redo(h).now).toBe('d')
    expect(undo(h).now).toBe('b')
  })

  it('makes one step of changes of a group that follow each other at once', () => {
    let h = change(begin(''), 'k', 'field', 1000)
    h = change(h, 'ke', 'field', 1200)
    h = change(h, 'key', 'field', 1400)
    expect(undo(h).now).toBe('')
    const later = change(h, 'keys', 'field', 9000)
    expect(undo(later).now).toBe('key')
    const other = change(h, 'x', 'another', 1500)
    expect(undo(other).now).toBe('key')
  })

  it('does not go on with a group after an undo', () => {
    const h = undo(change(begin('a'), 'b', 'field', 1000))
    expect(undo(change(h, 'c', 'field', 1100)).now).toBe('a')
  })

  it('stays within its bound', () => {
    let h = begin(0)
    for (let i = 1; i <= 1000; i++) h = change(h, i, undefined, i)
    expect(h.past.length).toBe(200)
    for (let i = 0; i < 1000; i++) h = undo(h)
    expect(h.now).toBe(800)
  })
})
