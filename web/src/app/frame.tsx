import { DoubleLeftOutlined, DoubleRightOutlined, SearchOutlined } from '@ant-design/icons'
import { Link, Outlet } from '@tanstack/react-router'
import { Button, Tooltip } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNotices } from '@/features/applications/notices'
import { useCan, useMe } from '@/features/session/session'
import { useLiveBar } from '@/features/softphone/data'
import { SoftphoneBar } from '@/features/softphone/softphone-bar'
import { setPref, usePrefs } from '@/lib/prefs'
import { reconnect, useLink } from '@/lib/realtime'
import { MeMenu } from './me-menu'
import { Palette, usePaletteKey } from './palette'
import { mainSections, maySee } from './sections'
import './frame.css'

const MustChange = lazy(() =>
  import('@/features/session/password-panel').then((m) => ({ default: m.MustChange })),
)

/** The frame of every page: rail at the left, softphone bar on top. */
export function Frame() {
  return useMe().user.must_change_password ? <BareFrame /> : <FullFrame />
}

/** Only the change of the password, and the way out. */
function BareFrame() {
  return (
    <div className="frame">
      <div className="frame-main">
        <header className="topbar">
          <strong>Switchdesk</strong>
          <div className="topbar-end">
            <MeMenu />
          </div>
        </header>
        <div className="frame-content">
          <Suspense>
            <MustChange />
          </Suspense>
        </div>
      </div>
    </div>
  )
}

function FullFrame() {
  const { t } = useTranslation()
  const [searching, setSearching] = useState(false)
  useLiveBar()
  useNotices()
  usePaletteKey(() => setSearching(true))
  return (
    <div className="frame">
      <a className="skip-link" href="#content">
        {t('frame.skip')}
      </a>
      <Rail />
      <div className="frame-main">
        <header className="topbar">
          <SoftphoneBar />
          <div className="topbar-end">
            <Tooltip title={`${t('palette.open')} · Ctrl K`}>
              <button
                type="button"
                className="icon-button"
                aria-label={t('palette.open')}
                onClick={() => setSearching(true)}
              >
                <SearchOutlined />
              </button>
            </Tooltip>
            <MeMenu />
          </div>
        </header>
        <StaleBanner />
        <div id="content" className="frame-content">
          <Outlet />
        </div>
      </div>
      <Palette open={searching} onClose={() => setSearching(false)} />
    </div>
  )
}

function Rail() {
  const { t } = useTranslation()
  const can = useCan()
  const { railCollapsed } = usePrefs()
  return (
    <nav className={`rail ${railCollapsed ? 'collapsed' : ''}`} aria-label={t('frame.sections')}>
      <Link to="/" className="rail-brand" aria-label="Switchdesk">
        <img src="/icon.svg" alt="" width={32} height={32} />
      </Link>
      {mainSections
        .filter((s) => maySee(s, can))
        .map((s) => (
          <Link
            key={s.key}
            to={s.to}
            className="rail-item"
            activeProps={{ className: 'rail-item active', 'aria-current': 'page' }}
            title={railCollapsed ? t(`section.${s.key}`) : undefined}
          >
            {s.icon}
            <span>{t(`section.${s.key}`)}</span>
          </Link>
        ))}
      <button
        type="button"
        className="rail-item rail-fold"
        onClick={() => setPref('railCollapsed', !railCollapsed)}
        aria-label={t(railCollapsed ? 'frame.unfold' : 'frame.fold')}
        aria-expanded={!railCollapsed}
      >
        {railCollapsed ? <DoubleRightOutlined /> : <DoubleLeftOutlined />}
      </button>
    </nav>
  )
}

/** Says that what is on the page may be old, and goes away by itself. */
function StaleBanner() {
  const { t } = useTranslation()
  const link = useLink()
  if (link !== 'down') return null
  return (
    <div className="stale" role="status">
      <span>{t('frame.stale')}</span>
      <Button size="small" type="text" onClick={reconnect}>
        {t('frame.reconnect')}
      </Button>
    </div>
  )
}
