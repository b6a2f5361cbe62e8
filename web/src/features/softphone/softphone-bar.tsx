import {
  AudioMutedOutlined,
  AudioOutlined,
  CaretRightOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  PauseOutlined,
  PhoneOutlined,
} from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { App, type InputRef } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/features/session/session'
import { useHotkeys } from '@/lib/hotkeys'
import type { Bar } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { CallInHand } from './call-in-hand'
import { type BarCommand, useBar, useBarCommand } from './data'
import { DialField } from './dial-field'
import { IncomingPop } from './incoming-pop'
import { MethodMenu } from './method-menu'
import { PassOn } from './pass-on'
import { SendOn } from './send-on'
import { StateMenu } from './state-menu'
import { TagMenu } from './tag-menu'
import { answerCall, usePhoneState, useWebPhone } from './use-phone'
import { Verb } from './verb'
import { webPhone } from './web-phone'
import './softphone.css'

const extension = 30 // seconds that one press adds to the wrap-up

/** The softphone bar: always there, live on every page, and after a reload. */
export function SoftphoneBar() {
  const bar = useBar()
  const me = useMe()
  useWebPhone(bar.data)
  if (!me.agent) return <div className="softphone account-name">{me.account.name}</div>
  if (!bar.data) return <div className="softphone" aria-hidden="true" />
  return <LiveBar bar={bar.data} />
}

function LiveBar({ bar }: { bar: Bar }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const command = useBarCommand()
  const phone = usePhoneState()
  const field = useRef<InputRef>(null)
  const call = bar.call
  const rings = call?.state === 'ringing' && (call.direction === 'in' || Boolean(call.callback_of))
  const talks = call?.state === 'talking'
  const held = call?.state === 'held'
  const wraps = bar.state === 'wrapup'

  useNotices(bar)

  const send = (cmd: BarCommand) =>
    command.mutate(cmd, { onError: (err) => message.error(errorText(err, t)) })
  const answer = async () => {
    if (!call) return
    try {
      await answerCall(call.id)
      void navigate({ to: '/calls/$id', params: { id: call.id } })
    } catch (err) {
      message.error(errorText(err, t))
    }
  }
  const hangup = () => call && send({ do: rings ? 'refuse' : 'hangup', call: call.id })
  const hold = () => call && send({ do: held ? 'resume' : 'hold', call: call.id })
  useHotkeys({
    answer: rings ? answer : undefined,
    hangup: call ? hangup : undefined,
    hold: talks || held ? hold : undefined,
    number: () => field.current?.focus(),
  })

  return (
    <section className="softphone" aria-label={t('bar.label')}>
      <StateMenu
        bar={bar}
        phone={phone}
        onChoose={(state, reason) => send({ do: 'state', state, reason })}
      />
      <div className="softphone-middle">
        {call || wraps ? (
          <CallInHand bar={bar} />
        ) : (
          <DialField
            ref={field}
            disabled={bar.state === 'disconnected' || bar.state === 'offline'}
            onDial={(number) => send({ do: 'dial', number })}
          />
        )}
      </div>
      <div className="softphone-verbs">
        {wraps ? (
          <Verb
            icon={<CheckOutlined />}
            tone="good"
            label={t('bar.finish')}
            onClick={() => send({ do: 'finish' })}
          />
        ) : (
          <Verb
            icon={<PhoneOutlined rotate={90} />}
            tone="good"
            label={t('bar.answer')}
            action="answer"
            off={!rings}
            onClick={answer}
          />
        )}
        {wraps ? (
          <Verb
            icon={<ClockCircleOutlined />}
            label={t('bar.extend', { seconds: extension })}
            onClick={() => send({ do: 'extend', seconds: extension })}
          />
        ) : (
          <Verb
            icon={held ? <CaretRightOutlined /> : <PauseOutlined />}
            label={t(held ? 'bar.resume' : 'bar.hold')}
            action="hold"
            off={!talks && !held}
            onClick={hold}
          />
        )}
        {phone.place === 'here' && bar.method === 'web' && (
          <Verb
            icon={phone.muted ? <AudioMutedOutlined /> : <AudioOutlined />}
            label={t(phone.muted ? 'bar.unmute' : 'bar.mute')}
            off={!talks}
            onClick={() => webPhone.mute(!phone.muted)}
          />
        )}
        {call && (talks || held) && <PassOn call={call} send={send} />}
        {call && (talks || held) && <SendOn call={call} send={send} />}
        {call && (talks || held) && <TagMenu call={call.id} />}
        <Verb
          icon={<PhoneOutlined rotate={225} />}
          tone="danger"
          label={t(rings ? 'bar.refuse' : 'bar.hangup')}
          action="hangup"
          off={!call || call.state === 'ending'}
          onClick={hangup}
        />
      </div>
      <MethodMenu bar={bar} onChoose={(method) => send({ do: 'method', method })} />
      {call && rings && <IncomingPop call={call} onAnswer={answer} onRefuse={hangup} />}
    </section>
  )
}

/** Says what went wrong with the last thing the agent did, once. */
function useNotices(bar: Bar) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const shown = useRef(bar.notice)
  useEffect(() => {
    if (bar.notice === shown.current) return
    shown.current = bar.notice
    if (!bar.notice) return
    const code = bar.notice.replaceAll('.', '_')
    const keys = [`notice.${code}`, `error.${code}`] as never
    message.warning(t(keys, { defaultValue: bar.notice }) as string)
  }, [bar.notice, message, t])
}
