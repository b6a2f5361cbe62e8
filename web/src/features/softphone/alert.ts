import { useEffect, useRef } from 'react'

let context: AudioContext | undefined

/** The ring: two short tones, made here so that no sound file is needed. */
function ringOnce(ctx: AudioContext) {
  const start = ctx.currentTime
  for (const [at, hz] of [
    [0, 784],
    [0.18, 988],
    [0.55, 784],
    [0.73, 988],
  ] as const) {
    const tone = ctx.createOscillator()
    const gain = ctx.createGain()
    tone.frequency.value = hz
    gain.gain.setValueAtTime(0, start + at)
    gain.gain.linearRampToValueAtTime(0.16, start + at + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.001, start + at + 0.17)
    tone.connect(gain).connect(ctx.destination)
    tone.start(start + at)
    tone.stop(start + at + 0.2)
  }
}

/** Rings until the returned function is called. Only one open tab makes the sound. */
function ring(): () => void {
  let stopped = false
  let timer: ReturnType<typeof setInterval> | undefined
  let release = () => {}
  const begin = () => {
    if (stopped) return
    context ??= new AudioContext()
    const ctx = context
    void ctx.resume().catch(() => {})
    ringOnce(ctx)
    timer = setInterval(() => ringOnce(ctx), 2000)
  }
  if (navigator.locks) {
    void navigator.locks.request('switchdesk-ring', () => {
      if (stopped) return
      begin()
      return new Promise<void>((done) => {
        release = done
      })
    })
  } else begin()
  return () => {
    stopped = true
    clearInterval(timer)
    release()
  }
}

/** Draws attention while something rings: sound, title, and a notification if the page is hidden. */
export function useRinging(
  alert: { id: string; title: string; text: string } | undefined,
  sound: boolean,
) {
  const title = useRef(document.title)
  const id = alert?.id
  const words = alert ? `${alert.title}\n${alert.text}` : ''
  useEffect(() => {
    if (!id) return
    const [head = '', text = ''] = words.split('\n')
    title.current = document.title
    let on = false
    const flash = setInterval(() => {
      on = !on
      document.title = on ? `☎ ${head}` : title.current
    }, 900)
    const notice = notify(id, head, text)
    return () => {
      clearInterval(flash)
      document.title = title.current
      notice?.close()
    }
  }, [id, words])
  useEffect(() => (id && sound ? ring() : undefined), [id, sound])
}

function notify(id: string, title: string, text: string): Notification | undefined {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  if (document.visibilityState === 'visible' && document.hasFocus()) return
  try {
    const n = new Notification(title, {
      body: text,
      tag: id,
      icon: '/icon.svg',
      requireInteraction: true,
    })
    n.onclick = () => window.focus()
    return n
  } catch {
    return // some browsers only allow it from a service worker
  }
}

/** Asks once for leave to notify; called from a click, as browsers want it. */
export function askToNotify() {
  if ('Notification' in window && Notification.permission === 'default') {
    void Notification.requestPermission()
  }
}
