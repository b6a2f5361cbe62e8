import { App, Button, Input, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Action, actions, defaultKeys, keyName, setKeys, usable, useKeys } from '@/lib/hotkeys'
import { setPref, usePrefs } from '@/lib/prefs'
import type { SessionView } from '@/lib/types'
import { Facts, PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Empty } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { deviceOf } from './device'
import { PasswordPanel } from './password-panel'
import { useEndSession, useMe, useSessions } from './session'
import '@/features/account/account.css'
import './me.css'

/** The own page: who I am, my password, my keys, where I am signed in. */
export function MePage() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <main className="page panels me-page">
      <PageHead title={t('me.title')} text={`${me.user.login} · ${me.user.role}`} />
      <section className="panel-form me-facts">
        <Facts
          items={[
            { label: t('agent.name'), value: me.user.name },
            { label: t('agent.number'), value: me.agent?.number ?? me.user.number },
            { label: t('agent.department'), value: me.user.department },
            { label: t('role.scope'), value: t(`scope.${me.scope}`) },
          ]}
        />
      </section>
      <PasswordPanel />
      {me.agent && <Keys />}
      <Sessions />
    </main>
  )
}

/** The softphone's keys: press the new one in its field. */
function Keys() {
  const { t } = useTranslation()
  const keys = useKeys()
  const { sound } = usePrefs()
  const [refused, setRefused] = useState<Action>()
  return (
    <section className="panel-form">
      <h2>{t('me.keys')}</h2>
      <div className="keys">
        {actions.map((a) => (
          <label key={a} htmlFor={`key-${a}`}>
            <span>{t(`key.${a}`)}</span>
            <Input
              id={`key-${a}`}
              value={keys[a]}
              readOnly
              status={refused === a ? 'error' : undefined}
              onKeyDown={(e) => {
                if (e.key === 'Tab') return
                e.preventDefault()
                e.stopPropagation()
                const name = keyName(e)
                if (!name) return
                const taken = actions.some((x) => x !== a && keys[x] === name)
                if (taken || !usable(name)) setRefused(a)
                else {
                  setRefused(undefined)
                  setKeys({ ...keys, [a]: name })
                }
              }}
            />
          </label>
        ))}
      </div>
      <p className="faint">{refused ? t('me.key_refused') : t('me.keys_help')}</p>
      <div className="keys-foot">
        <label className="switch-line" htmlFor="ring-sound">
          <Switch id="ring-sound" checked={sound} onChange={(on) => setPref('sound', on)} />{' '}
          {t('me.sound')}
        </label>
        <Button type="link" size="small" onClick={() => setKeys(defaultKeys)}>
          {t('me.keys_reset')}
        </Button>
      </div>
    </section>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const sessions = useSessions()
  const end = useEndSession()
  const columns: Columns<SessionView> = [
    {
      title: t('me.device'),
      render: (_, s) => (
        <>
          {deviceOf(s.user_agent) || s.user_agent}{' '}
          {s.current && <Tag tone="good">{t('me.this')}</Tag>}
        </>
      ),
    },
    { title: 'IP', render: (_, s) => <span className="tabular">{s.ip}</span> },
    { title: t('me.since'), render: (_, s) => <When at={s.created_at} /> },
    { title: t('me.seen'), render: (_, s) => <When at={s.seen_at} /> },
    {
      title: <span className="visually-hidden">{t('me.end')}</span>,
      render: (_, s) =>
        !s.current && (
          <Button
            size="small"
            type="link"
            danger
            onClick={() =>
              end.mutate(s.id, {
                onSuccess: () => message.success(t('me.ended')),
                onError: (err) => showError(err),
              })
            }
          >
            {t('me.end')}
          </Button>
        ),
    },
  ]
  return (
    <section>
      <h2 className="panel-title">{t('me.sessions')}</h2>
      <DataTable
        label={t('me.sessions')}
        rows={{ ...sessions, data: sessions.data?.items }}
        columns={columns}
        rowKey="id"
        empty={<Empty title={t('me.no_sessions')} />}
      />
    </section>
  )
}
