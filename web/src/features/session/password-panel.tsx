import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { useShowError } from '@/ui/side-sheet'
import { meKey, useChangePassword } from './session'
import '@/features/account/account.css'

interface PasswordForm {
  old: string
  new: string
  again: string
}

/** Changes the own password; all other sessions end. */
export function PasswordPanel() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const client = useQueryClient()
  const [form] = Form.useForm<PasswordForm>()
  const change = useChangePassword()
  const save = (v: PasswordForm) =>
    change.mutate(
      { old: v.old, new: v.new },
      {
        onSuccess: () => {
          form.resetFields()
          void client.invalidateQueries({ queryKey: meKey })
          void client.invalidateQueries({ queryKey: ['me', 'sessions'] })
          message.success(t('me.password_changed'))
        },
        onError: (err) => showError(err, form),
      },
    )
  const missing = { required: true, message: t('form.missing') }
  return (
    <Form form={form} layout="vertical" className="panel-form" onFinish={save}>
      <h2>{t('me.password')}</h2>
      <Form.Item name="old" label={t('me.old_password')} rules={[missing]}>
        <Input.Password autoComplete="current-password" maxLength={256} />
      </Form.Item>
      <Form.Item name="new" label={t('me.new_password')} rules={[missing]}>
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('me.again')}
        dependencies={['new']}
        rules={[
          missing,
          ({ getFieldValue }) => ({
            validator: (_, v) =>
              !v || v === getFieldValue('new')
                ? Promise.resolve()
                : Promise.reject(new Error(t('me.not_same'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t('me.change_password')}
      </Button>
    </Form>
  )
}

/** Stands in for every page until a password that somebody else chose is changed. */
export function MustChange() {
  const { t } = useTranslation()
  return (
    <main className="page panels must-change">
      <Alert type="warning" showIcon title={t('me.must_change')} />
      <PasswordPanel />
    </main>
  )
}
