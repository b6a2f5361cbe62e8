import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { api } from '@/lib/api'
import { groupNumber } from '@/lib/phone-number'
import { fullTime } from '@/lib/time'
import type { CallPage, LiveCall } from '@/lib/types'
import { Copy, Duration, Facts, PhoneNumber, Tag } from '@/ui/bits'
import { errorText } from '@/ui/page-state'

export function LiveDetails({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  return (
    <Facts
      items={[
        { label: t('call.from'), value: call.from && <PhoneNumber number={call.from} /> },
        { label: t('call.to'), value: call.to && <PhoneNumber number={call.to} /> },
        { label: t('call.group'), value: call.group_name },
        { label: t('call.agent'), value: call.agent_name },
        call.node !== undefined && { label: t('call.node'), value: call.node },
        call.position !== undefined &&
          call.position > 0 && {
            label: t('call.position'),
            value: t('calls.place', { n: call.position }),
          },
        call.callback_of !== undefined && {
          label: t('call.callback_of'),
          value: <Callback call={call} />,
        },
        { label: t('call.started'), value: fullTime(call.started) },
        { label: t('call.answered'), value: call.answered && fullTime(call.answered) },
      ]}
    />
  )
}

/** The call in which the customer asked to be called back; who steers the floor can drop it. */
function Callback({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const drop = useMutation({
    mutationFn: () => api.delete('/api/wall/callbacks/{id}', { path: { id: call.id } }),
    onSuccess: () => message.success(t('wall.callback_dropped')),
    onError: (err) => message.error(errorText(err, t)),
  })
  return (
    <span className="call-callback">
      <Link to="/calls/$id" params={{ id: call.callback_of ?? '' }}>
        {t('call.first_call')}
      </Link>
      {Boolean(call.tries) && <small>{t('wall.tries', { n: call.tries })}</small>}
      {can('floor.steer') && call.state === 'queued' && (
        <Button size="small" loading={drop.isPending} onClick={() => drop.mutate()}>
          {t('wall.drop_callback')}
        </Button>
      )}
    </span>
  )
}

/** Numbers, times and people of an ended call. */
export function CallDetails({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  const cause = call.hangup_cause && (
    <>
      {t(`cause.${call.hangup_cause}` as never, { defaultValue: call.hangup_cause }) as string}
      {call.hangup_by && (
        <span className="faint">
          {' '}
          · {t(`hangup_by.${call.hangup_by}` as never, { defaultValue: call.hangup_by }) as string}
        </span>
      )}
    </>
  )
  return (
    <div className="call-details">
      <Facts
        items={[
          { label: t('call.from'), value: <PhoneNumber number={call.from} /> },
          { label: t('call.to'), value: <PhoneNumber number={call.to} /> },
          { label: t('call.region'), value: call.region },
          { label: t('call.service'), value: call.service && groupNumber(call.service) },
          { label: t('call.flow'), value: call.flow },
          { label: t('call.group'), value: call.group },
          { label: t('call.agent'), value: call.agent },
        ]}
      />
      <Facts
        items={[
          { label: t('call.started'), value: fullTime(call.started_at) },
          { label: t('call.answered'), value: call.answered_at && fullTime(call.answered_at) },
          { label: t('call.ended_at'), value: fullTime(call.ended_at) },
          { label: t('call.queue_time'), value: <Duration seconds={call.queue_seconds} /> },
          { label: t('call.ring_time'), value: <Duration seconds={call.ring_seconds} /> },
          { label: t('call.talk_time'), value: <Duration seconds={call.talk_seconds} /> },
          { label: t('call.hold_time'), value: <Duration seconds={call.hold_seconds} /> },
          { label: t('call.cause'), value: cause },
          (call.rating !== undefined || call.rating_asked !== undefined) && {
            label: t('call.rating'),
            value: <Rating call={call} />,
          },
          call.callback_of !== undefined && {
            label: t('call.callback_of'),
            value: (
              <Link to="/calls/$id" params={{ id: call.callback_of }}>
                {t('call.first_call')}
              </Link>
            ),
          },
        ]}
      />
      {call.rings.length > 0 && <Rings call={call} />}
      <div className="call-id">
        {t('call.id')} <code>{call.id}</code>
        <Copy text={call.id} label={t('call.copy_id')} />
      </div>
    </div>
  )
}

/** What the customer chose, and who asked. */
function Rating({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  return (
    <>
      {[call.rating, call.rating_detail].filter(Boolean).join(' · ') || t('call.not_rated')}
      {call.rating_asked && (
        <span className="faint"> · {t(`call.asked_by.${call.rating_asked}`)}</span>
      )}
    </>
  )
}

/** Whom the call rang, and what came of it. */
function Rings({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  return (
    <section>
      <h3>{t('call.rings')}</h3>
      <ul className="rings">
        {call.rings.map((r) => (
          <li key={`${r.agent_id} ${r.at}`}>
            <time className="tabular faint">{fullTime(r.at).slice(11)}</time>
            <span>{r.agent}</span>
            <Duration seconds={r.seconds} />
            <Tag
              tone={
                r.result === 'answered'
                  ? 'good'
                  : r.result === 'missed' || r.result === 'refused'
                    ? 'bad'
                    : 'plain'
              }
            >
              {t(`ring.${r.result}` as never, { defaultValue: r.result }) as string}
            </Tag>
          </li>
        ))}
      </ul>
    </section>
  )
}
