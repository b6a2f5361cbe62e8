import { Button, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { type Action, useKeys } from '@/lib/hotkeys'

/** One verb in its fixed place: what can't be done now stays there, greyed. */
export function Verb(props: {
  icon: ReactNode
  label: string
  tone?: 'good' | 'danger'
  action?: Action
  off?: boolean
  onClick: () => void
}) {
  const keys = useKeys()
  return (
    <Tooltip
      title={props.action && !props.off ? `${props.label} · ${keys[props.action]}` : props.label}
    >
      <Button
        className={`verb ${props.tone ?? ''}`}
        icon={props.icon}
        disabled={props.off}
        aria-label={props.label}
        onClick={props.onClick}
      >
        <span className="verb-word">{props.label}</span>
      </Button>
    </Tooltip>
  )
}
