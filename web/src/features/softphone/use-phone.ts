import { useEffect, useSyncExternalStore } from 'react'
import { useMe } from '@/features/session/session'
import type { Bar } from '@/lib/types'
import { sendVerb } from './data'
import { webPhone } from './web-phone'

export function usePhoneState() {
  return useSyncExternalStore(webPhone.subscribe, webPhone.current)
}

/** Runs the web phone while the agent answers in the browser. Mounted once, in the frame. */
export function useWebPhone(bar: Bar | undefined) {
  const net = useMe().softphone
  const wanted = bar?.method === 'web' && net.ws_url !== ''
  useEffect(() => {
    if (!wanted) return
    webPhone.start(net)
    return () => webPhone.stop()
  }, [wanted, net])
  const call = bar?.call
  useEffect(() => webPhone.follow(call), [call])
}

/**
 * Answers: in the browser's own phone if the call rings there, else by telling
 * the floor, which lets the desk phone or the mobile answer. The one place
 * where this is decided.
 */
export async function answerCall(call: string): Promise<void> {
  if (await webPhone.answer(call)) return
  await sendVerb(call, 'answer')
}
