import { CompassOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className="page">
      <div className="page-state">
        <div className="page-state-icon">
          <CompassOutlined />
        </div>
        <h1>{t('page.not_found')}</h1>
        <p>{t('page.not_found_text')}</p>
        <Link to="/">{t('page.home')}</Link>
      </div>
    </main>
  )
}
