import { describe, expect, it } from 'vitest'
import { nameOf } from './uploads'

describe('the name of an uploaded file', () => {
  it('is what flows can call it', () => {
    expect(nameOf('国庆放假通知（新）.mp3')).toBe('国庆放假通知（新）')
    expect(nameOf('a/b:c*"d".WAV')).toBe('a-b-c-d-')
    expect(nameOf('  v1.2 final.wav')).toBe('v1.2 final')
    expect(nameOf(`${'长'.repeat(80)}.wav`)).toHaveLength(60)
    expect(nameOf('.mp3')).toBe('')
  })
})
