import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { WaitingBadge } from '@/features/applications/waiting-badge'
import { useCan } from '@/features/session/session'
import { maySee, settingsSections } from './sections'

/** Settings: what this person may set, in a column of its own. */
export function SettingsFrame() {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t('section.settings')}>
        {settingsSections
          .filter((s) => maySee(s, can))
          .map((s) => (
            <Link
              key={s.key}
              to={s.to}
              className="settings-item"
              activeProps={{ className: 'settings-item active', 'aria-current': 'page' }}
            >
              {s.icon}
              <span>{t(`section.${s.key}`)}</span>
              {s.key === 'applications' && <WaitingBadge />}
            </Link>
          ))}
      </nav>
      <main className="page">
        <Outlet />
      </main>
    </div>
  )
}
