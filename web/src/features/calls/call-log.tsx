import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { fullTime, timeOfDay } from '@/lib/time'
import type { CallPage } from '@/lib/types'
import { Empty, Loaded } from '@/ui/page-state'
import { useWork } from './data'

/** Who did what to this call's record. */
export function Operations({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <Loaded
      query={useWork(id)}
      skeleton={<Skeleton active title={false} paragraph={{ rows: 4 }} />}
    >
      {(work) =>
        work.operations.length === 0 ? (
          <Empty title={t('operation.none')} text={t('operation.none_text')} />
        ) : (
          <table className="call-log">
            <thead>
              <tr>
                <th>{t('log.at')}</th>
                <th>{t('operation.by')}</th>
                <th>{t('operation.what')}</th>
                <th>{t('log.detail')}</th>
              </tr>
            </thead>
            <tbody>
              {[...work.operations].reverse().map((o, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever read, in order
                <tr key={i}>
                  <td className="tabular">{fullTime(o.at)}</td>
                  <td>{o.by}</td>
                  <td>
                    {
                      t(`operation.${o.what.replaceAll('.', '_')}` as never, {
                        defaultValue: o.what,
                      }) as string
                    }
                  </td>
                  <td>{o.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Loaded>
  )
}

/** What happened to this call, line by line. */
export function CallLog({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  if (call.log.length === 0) return <Empty title={t('log.none')} />
  return (
    <table className="call-log">
      <thead>
        <tr>
          <th>{t('log.at')}</th>
          <th>{t('log.what')}</th>
          <th>{t('log.who')}</th>
          <th>{t('log.detail')}</th>
        </tr>
      </thead>
      <tbody>
        {call.log.map((l, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever read, in order
          <tr key={i}>
            <td className="tabular">{timeOfDay(l.at)}</td>
            <td>
              {t(`log.${l.what.replaceAll('.', '_')}` as never, { defaultValue: l.what }) as string}
            </td>
            <td>{l.who}</td>
            <td>{l.detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
