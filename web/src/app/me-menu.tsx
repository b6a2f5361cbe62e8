import { FormOutlined, LogoutOutlined, SoundOutlined, UserOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { changeLanguage, signOut, useMe } from '@/features/session/session'
import { type Language, languages } from '@/lib/i18n'
import { setPref, usePrefs } from '@/lib/prefs'
import { type ModeChoice, setMode, useModeChoice } from './theme'

/** The signed-in person: own settings, language, look, sign-out. */
export function MeMenu() {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const mode = useModeChoice()
  const { sound } = usePrefs()
  const navigate = useNavigate()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [`language:${i18n.language}`, `mode:${mode}`],
        items: [
          {
            key: 'who',
            type: 'group',
            label: `${me.user.name} · ${me.user.role}`,
            children: [
              { key: 'me', icon: <UserOutlined />, label: t('me.title') },
              { key: 'apply', icon: <FormOutlined />, label: t('application.apply') },
              {
                key: 'sound',
                icon: <SoundOutlined />,
                label: t(sound ? 'me.sound_off' : 'me.sound_on'),
              },
            ],
          },
          { type: 'divider' },
          {
            key: 'language',
            type: 'group',
            label: t('me.language'),
            children: languages.map((l) => ({ key: `language:${l.value}`, label: l.label })),
          },
          {
            key: 'mode',
            type: 'group',
            label: t('me.look'),
            children: (['light', 'dark', 'system'] as const).map((m) => ({
              key: `mode:${m}`,
              label: t(`me.mode.${m}`),
            })),
          },
          { type: 'divider' },
          { key: 'out', icon: <LogoutOutlined />, label: t('me.sign_out') },
        ],
        onClick: ({ key }) => {
          const [what, value] = key.split(':')
          if (what === 'apply') void navigate({ to: '/applications' })
          if (what === 'me') void navigate({ to: '/me' })
          if (what === 'sound') setPref('sound', !sound)
          if (what === 'language') changeLanguage(value as Language, true)
          if (what === 'mode') setMode(value as ModeChoice)
          if (what === 'out') void signOut()
        },
      }}
    >
      <button type="button" className="me-button" aria-label={t('me.menu', { name: me.user.name })}>
        <span className="avatar" aria-hidden="true">
          {me.user.name.slice(-1)}
        </span>
        <span className="me-name">{me.user.name}</span>
      </button>
    </Dropdown>
  )
}
