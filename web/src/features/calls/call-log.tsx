import { useTranslation } from 'react-i18next'
import { timeOfDay } from '@/lib/time'
import type { CallPage } from '@/lib/types'
import { Empty } from '@/ui/page-state'

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
