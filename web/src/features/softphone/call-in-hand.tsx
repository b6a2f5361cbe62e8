import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { groupNumber } from '@/lib/phone-number'
import type { Bar } from '@/lib/types'
import { PhoneNumber } from '@/ui/bits'
import { Clock, Countdown, StateDot } from '@/ui/state'

/** Who is on the line, and for how long; or how much wrap-up is left. */
export function CallInHand({ bar }: { bar: Bar }) {
  const { t } = useTranslation()
  const call = bar.call
  if (!call) {
    return (
      <div className="call-in-hand">
        <StateDot state="wrapup" />
        <span>{t('bar.wrapup_left')}</span>
        {bar.wrap_ends && <Countdown until={bar.wrap_ends} className="call-in-hand-clock" />}
      </div>
    )
  }
  const since =
    call.state === 'held' ? (call.held_since ?? call.started) : (call.answered ?? call.started)
  return (
    <Link className="call-in-hand" to="/calls/$id" params={{ id: call.id }}>
      <StateDot state={call.state} />
      <span className="call-in-hand-who">
        <strong>{call.customer || <PhoneNumber number={call.peer} />}</strong>
        <small>
          {[call.customer && groupNumber(call.peer), call.region, t(`call.state.${call.state}`)]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      <Clock since={since} className="call-in-hand-clock" />
    </Link>
  )
}
