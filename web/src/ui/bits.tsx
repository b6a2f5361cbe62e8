import { CheckOutlined, CopyOutlined, PhoneOutlined } from '@ant-design/icons'
import { App, Tooltip } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupNumber } from '@/lib/phone-number'
import { clockText, fullTime, shortTime } from '@/lib/time'
import type { Outcome } from '@/lib/types'
import './bits.css'

/** A phone number, grouped for reading. */
export function PhoneNumber({ number, strong }: { number: string; strong?: boolean }) {
  return (
    <span className={`tabular phone-number ${strong ? 'strong' : ''}`} translate="no">
      {groupNumber(number) || '—'}
    </span>
  )
}

/** A button that copies a text and says so for a moment. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false)
  const { message } = App.useApp()
  const { t } = useTranslation()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
      setTimeout(() => setDone(false), 1500)
    } catch {
      message.warning(t('common.copy_refused'))
    }
  }
  return (
    <Tooltip title={label}>
      <button type="button" className="icon-button" aria-label={label} onClick={copy}>
        {done ? <CheckOutlined /> : <CopyOutlined />}
      </button>
    </Tooltip>
  )
}

/** Time in the account's zone; the full one on hover. */
export function When({ at }: { at: string }) {
  return (
    <Tooltip title={fullTime(at)}>
      <time className="tabular" dateTime={at}>
        {shortTime(at)}
      </time>
    </Tooltip>
  )
}

/** A length of time in seconds, as a clock; a dash for none. */
export function Duration({ seconds }: { seconds: number }) {
  return <span className="tabular">{seconds > 0 ? clockText(seconds) : '—'}</span>
}

const tones: Record<Outcome, string> = {
  answered: 'good',
  voicemail: 'info',
  ivr: 'plain',
  ring_no_answer: 'bad',
  queue_abandoned: 'warn',
  blacklist: 'plain',
  limit: 'warn',
  no_answer: 'warn',
  busy: 'warn',
  failed: 'bad',
  cancelled: 'plain',
}

/** How a call came out, as a small label. */
export function OutcomeTag({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation()
  return <span className={`tag tag-${tones[outcome] ?? 'plain'}`}>{t(`outcome.${outcome}`)}</span>
}

export function Tag({ tone = 'plain', children }: { tone?: string; children: ReactNode }) {
  return <span className={`tag tag-${tone}`}>{children}</span>
}

/** Which way a call went, as an arrow with a name. */
export function Direction({ direction, missed }: { direction: 'in' | 'out'; missed?: boolean }) {
  const { t } = useTranslation()
  const label = t(direction === 'in' ? 'call.inbound' : 'call.outbound')
  return (
    <span
      className={`direction ${direction} ${missed ? 'missed' : ''}`}
      role="img"
      aria-label={label}
      title={label}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {direction === 'in' ? (
          <path
            d="M12.5 3.5 4 12M4 5.5V12h6.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        ) : (
          <path
            d="M3.5 12.5 12 4M5.5 4H12v6.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        )}
      </svg>
    </span>
  )
}

export function CallIcon() {
  return <PhoneOutlined rotate={90} />
}

/** Label and value, one under the other, in as many columns as fit. */
export function Facts({
  items,
}: {
  items: (false | undefined | { label: string; value: ReactNode })[]
}) {
  return (
    <dl className="facts">
      {items.map(
        (it) =>
          it && (
            <div key={it.label}>
              <dt>{it.label}</dt>
              <dd>{it.value || '—'}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** The head of a page: title, a line about it, its actions at the right. */
export function PageHead(props: { title: ReactNode; text?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.text && <p>{props.text}</p>}
      </div>
      <div className="page-head-actions">{props.children}</div>
    </header>
  )
}
