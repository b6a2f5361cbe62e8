import { useTranslation } from 'react-i18next'
import { clockText, now, secondsSince, useSecond } from '@/lib/time'
import type { AgentState } from '@/lib/types'
import './state.css'

/**
 * The coloured mark of an agent's state. Each state has its own shape as well,
 * so that it can be told apart without colour.
 */
export function StateDot({ state, size = 10 }: { state: string; size?: number }) {
  return (
    <span
      className={`state-dot state-dot-${state}`}
      style={{ width: size, height: size }}
      aria-hidden="true"
    />
  )
}

/** "● 空闲", and the reason where there is one. */
export function StateWord({ state, reason }: { state: AgentState; reason?: string }) {
  const { t } = useTranslation()
  return (
    <span className={`state-word state-text-${state}`}>
      <StateDot state={state} />
      <span>{state === 'custom' && reason ? reason : t(`state.${state}`)}</span>
      {reason && state !== 'custom' && <span className="state-reason">{reason}</span>}
    </span>
  )
}

/** A running clock since an instant. Screen readers aren't told every second. */
export function Clock({ since, className }: { since: string; className?: string }) {
  useSecond()
  return (
    <time className={`tabular ${className ?? ''}`} aria-live="off">
      {clockText(secondsSince(since))}
    </time>
  )
}

/** A clock that runs down to an instant. */
export function Countdown({ until, className }: { until: string; className?: string }) {
  useSecond()
  const left = Math.ceil((Date.parse(until) - now()) / 1000)
  return <time className={`tabular ${className ?? ''}`}>{clockText(Math.max(0, left))}</time>
}
