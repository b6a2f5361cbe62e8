import { DownOutlined } from '@ant-design/icons'
import { Dropdown, type MenuProps } from 'antd'
import { useTranslation } from 'react-i18next'
import type { AgentState, Bar, Choosable } from '@/lib/types'
import { Clock, StateDot } from '@/ui/state'
import { askToNotify } from './alert'
import type { PhoneState } from './web-phone'

/** Reasons that agents choose most; each is a state of its own on the wall. */
const reasons = ['meeting', 'training', 'lunch'] as const

/** The agent's state with its running clock, and the states to choose from. */
export function StateMenu(props: {
  bar: Bar
  phone: PhoneState
  onChoose: (state: Choosable, reason?: string) => void
}) {
  const { t } = useTranslation()
  const { bar } = props
  const items: MenuProps['items'] = [
    ...(['idle', 'busy', 'break'] as const).map((s) => ({
      key: s,
      icon: <StateDot state={s} />,
      label: t(`state.${s}`),
    })),
    { type: 'divider' as const },
    ...reasons.map((r) => ({
      key: `custom:${r}`,
      icon: <StateDot state="custom" />,
      label: t(`bar.reason.${r}`),
    })),
  ]
  const choose: MenuProps['onClick'] = ({ key }) => {
    askToNotify()
    const [state, reason] = key.split(':')
    props.onChoose(
      state as Choosable,
      reason && t(`bar.reason.${reason as (typeof reasons)[number]}`),
    )
  }
  const word = bar.state === 'custom' && bar.reason ? bar.reason : t(`state.${bar.state}`)
  return (
    <Dropdown menu={{ items, onClick: choose }} trigger={['click']}>
      <button type="button" className={`state-menu state-menu-${bar.state}`}>
        <StateDot state={bar.state} size={11} />
        <span className="state-menu-words">
          <span className="state-menu-word">{word}</span>
          <StateLine bar={bar} phone={props.phone} />
        </span>
        <Clock since={bar.since} className="state-menu-clock" />
        <DownOutlined className="state-menu-arrow" />
      </button>
    </Dropdown>
  )
}

/** Under the state: why the phone can't be used, or what comes after this call. */
function StateLine({ bar, phone }: { bar: Bar; phone: PhoneState }) {
  const { t } = useTranslation()
  const { problem } = phone
  if (silent(bar, phone)) {
    return <span className="state-menu-line bad">{t('phone.no_sound')}</span>
  }
  if (bar.state === 'disconnected') {
    const text =
      problem && bar.method === 'web' ? t(`phone.${problem}`) : t(`phone.not_ready.${bar.method}`)
    return (
      <span className="state-menu-line" title={text}>
        {text}
      </span>
    )
  }
  if (bar.next && bar.next !== 'idle') {
    return (
      <span className="state-menu-line">
        {t('bar.next', { state: t(`state.${bar.next as AgentState}`) })}
      </span>
    )
  }
  return null
}

/** A talk whose sound was in this browser until the page was reloaded. */
function silent(bar: Bar, phone: PhoneState): boolean {
  return (
    bar.method === 'web' &&
    phone.place === 'here' &&
    phone.registered &&
    (bar.call?.state === 'talking' || bar.call?.state === 'held') &&
    !phone.calls.includes(bar.call.id)
  )
}
