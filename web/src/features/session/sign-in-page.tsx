import { LockOutlined, UserOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Language, languages } from '@/lib/i18n'
import { errorText } from '@/ui/page-state'
import { changeLanguage, useSignIn } from './session'
import './sign-in.css'

/** Where people sign in; afterwards they are where they wanted to be. */
export function SignInPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/sign-in' })
  const signIn = useSignIn()
  const submit = (values: { login: string; password: string }) =>
    signIn.mutate(
      { login: values.login.trim(), password: values.password },
      { onSuccess: () => navigate({ href: next ?? '/', replace: true }) },
    )
  return (
    <div className="sign-in">
      <aside className="sign-in-brand">
        <div className="sign-in-mark">
          <img src="/icon.svg" alt="" width={40} height={40} />
          <span>Switchdesk</span>
        </div>
        <Waves />
        <p>{t('sign_in.line')}</p>
      </aside>
      <main className="sign-in-main">
        <div className="sign-in-language">
          <Segmented
            size="small"
            aria-label={t('me.language')}
            options={languages}
            value={i18n.language as Language}
            onChange={(l) => changeLanguage(l, false)}
          />
        </div>
        <Form
          layout="vertical"
          requiredMark={false}
          onFinish={submit}
          className="sign-in-form"
          size="large"
        >
          <h1>{t('sign_in.title')}</h1>
          {signIn.error && (
            <Alert type="error" showIcon title={errorText(signIn.error, t)} role="alert" />
          )}
          <Form.Item
            name="login"
            label={t('sign_in.login')}
            rules={[{ required: true, message: t('sign_in.login_missing') }]}
          >
            <Input
              prefix={<UserOutlined />}
              placeholder={t('sign_in.login_hint')}
              autoComplete="username"
              autoFocus
            />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('sign_in.password')}
            rules={[{ required: true, message: t('sign_in.password_missing') }]}
          >
            <Input.Password prefix={<LockOutlined />} autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {t('sign_in.submit')}
          </Button>
          <p className="sign-in-help">{t('sign_in.help')}</p>
        </Form>
      </main>
    </div>
  )
}

/** Two voices that meet: the picture of the sign-in page. */
function Waves() {
  return (
    <svg className="sign-in-waves" viewBox="0 0 420 220" aria-hidden="true">
      {Array.from({ length: 36 }, (_, i) => {
        const x = 12 + i * 11.4
        const h = 14 + 74 * Math.abs(Math.sin(i * 0.42) * Math.cos(i * 0.17))
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed picture
          <g key={i}>
            <rect
              x={x}
              y={104 - h}
              width="5"
              height={h}
              rx="2.5"
              fill="#7fe0d4"
              opacity={0.25 + (i % 7) * 0.1}
            />
            <rect
              x={x}
              y={112}
              width="5"
              height={h * 0.6}
              rx="2.5"
              fill="#ffffff"
              opacity={0.1 + (i % 5) * 0.06}
            />
          </g>
        )
      })}
    </svg>
  )
}
