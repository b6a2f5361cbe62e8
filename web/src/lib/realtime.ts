import { Centrifuge, type Subscription } from 'centrifuge'
import { useSyncExternalStore } from 'react'

/** Whether live news reaches this page: "down" only after it was missing for a while. */
export type Link = 'off' | 'connecting' | 'up' | 'down'

const patience = 2000 // a reconnect shorter than this is not worth a banner

let client: Centrifuge | undefined
let link: Link = 'off'
let slow: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function setLink(next: Link) {
  if (link === next) return
  link = next
  for (const f of listeners) f()
}

/** Opens the one connection of this page. Safe to call again. */
export function connect(): Centrifuge {
  if (client) return client
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  client = new Centrifuge(`${scheme}://${location.host}/connection/websocket`, {
    minReconnectDelay: 300,
    maxReconnectDelay: 5000,
  })
  client.on('connected', () => {
    clearTimeout(slow)
    slow = undefined
    setLink('up')
  })
  client.on('connecting', () => {
    if (link !== 'down') setLink('connecting')
    slow ??= setTimeout(() => setLink('down'), patience)
  })
  client.on('disconnected', () => {
    clearTimeout(slow)
    slow = undefined
    setLink('down')
  })
  client.connect()
  return client
}

/** Closes the connection, on sign-out. */
export function disconnect() {
  clearTimeout(slow)
  slow = undefined
  client?.disconnect()
  for (const sub of Object.values(client?.subscriptions() ?? {})) client?.removeSubscription(sub)
  client = undefined
  setLink('off')
}

/** Tries again at once, for the person who presses "reconnect". */
export function reconnect() {
  client?.disconnect()
  client?.connect()
}

/**
 * Listens to a channel until the returned function is called. onFresh is
 * called whenever news may have been missed: read the whole state again.
 */
export function listen<T>(channel: string, onNews: (data: T) => void, onFresh: () => void) {
  const c = connect()
  const sub: Subscription =
    c.getSubscription(channel) ?? c.newSubscription(channel, { recoverable: true })
  const news = (ctx: { data: unknown }) => onNews(ctx.data as T)
  const subscribed = (ctx: { wasRecovering: boolean; recovered: boolean }) => {
    if (!ctx.wasRecovering || !ctx.recovered) onFresh()
  }
  sub.on('publication', news)
  sub.on('subscribed', subscribed)
  sub.subscribe()
  return () => {
    sub.off('publication', news)
    sub.off('subscribed', subscribed)
    if (sub.listeners('publication').length === 0) {
      sub.unsubscribe()
      c.removeSubscription(sub)
    }
  }
}

export function useLink(): Link {
  return useSyncExternalStore(
    (fn) => {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    () => link,
  )
}
