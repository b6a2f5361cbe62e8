import { PhoneOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useKeys } from '@/lib/hotkeys'
import { groupNumber } from '@/lib/phone-number'
import { usePrefs } from '@/lib/prefs'
import { clockText, now, useSecond } from '@/lib/time'
import type { BarCall } from '@/lib/types'
import { Facts, PhoneNumber } from '@/ui/bits'
import { useRinging } from './alert'

/** The incoming call, top right: who calls, whom they dialled, how long they waited. */
export function IncomingPop(props: { call: BarCall; onAnswer: () => void; onRefuse: () => void }) {
  const { t } = useTranslation()
  const keys = useKeys()
  const { sound } = usePrefs()
  const { call } = props
  useSecond()
  const number = groupNumber(call.peer)
  useRinging(
    {
      id: call.id,
      title: t('pop.title'),
      text: [call.customer, number, call.region].filter(Boolean).join(' · '),
    },
    sound,
  )
  return createPortal(
    <div
      className="incoming-pop"
      role="alertdialog"
      aria-labelledby="incoming-title"
      aria-describedby="incoming-who"
    >
      <div className="incoming-head">
        <span className="incoming-bell" aria-hidden="true">
          <PhoneOutlined rotate={90} />
        </span>
        <span id="incoming-title">{t('pop.title')}</span>
        <span className="incoming-service">{groupNumber(call.service ?? '')}</span>
      </div>
      <div className="incoming-who" id="incoming-who">
        <strong>{call.customer || t('pop.unknown')}</strong>
        <PhoneNumber number={call.peer} strong />
      </div>
      <Facts
        items={[
          { label: t('call.region'), value: call.region },
          { label: t('call.group'), value: call.group },
          {
            label: t('pop.waited'),
            value: <span className="tabular">{clockText(waited(call))}</span>,
          },
        ]}
      />
      <div className="incoming-verbs">
        <Button
          className="verb danger"
          size="large"
          icon={<PhoneOutlined rotate={225} />}
          onClick={props.onRefuse}
        >
          {t('bar.refuse')} <kbd>{keys.hangup}</kbd>
        </Button>
        <Button
          className="verb good solid"
          size="large"
          icon={<PhoneOutlined rotate={90} />}
          onClick={props.onAnswer}
        >
          {t('bar.answer')} <kbd>{keys.answer}</kbd>
        </Button>
      </div>
    </div>,
    document.body,
  )
}

/** Seconds this caller has waited: from the start of the call, which the queue's own count joins late. */
function waited(call: BarCall): number {
  return Math.max(call.waited_seconds, (now() - Date.parse(call.started)) / 1000)
}
