import { useTranslation } from 'react-i18next'
import { useLoad } from './data'
import './numbers.css'

/** How many callers there are at once, of how many, and who was refused for it today. */
export function Load() {
  const { t } = useTranslation()
  const { data } = useLoad()
  if (!data) return null
  return (
    <p className="numbers-load" role="status">
      {t('number.live')}{' '}
      <b className="tabular">{data.limit > 0 ? `${data.live} / ${data.limit}` : data.live}</b>
      <span className={data.refused > 0 ? 'warn' : ''}>
        {t('number.refused')} <b className="tabular">{data.refused}</b>
      </span>
    </p>
  )
}
