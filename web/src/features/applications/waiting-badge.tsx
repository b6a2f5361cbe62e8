import { Badge } from 'antd'
import { useTranslation } from 'react-i18next'
import { useWaiting } from './data'

/** How many applications wait for an answer. */
export function WaitingBadge() {
  const { t } = useTranslation()
  const { data } = useWaiting()
  if (!data) return null
  return (
    <span role="img" aria-label={t('application.waiting', { n: data })}>
      <Badge count={data} size="small" />
    </span>
  )
}
