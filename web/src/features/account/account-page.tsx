import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { Load } from '@/features/numbers/load'
import { meKey, useCan } from '@/features/session/session'
import { api } from '@/lib/api'
import { languages } from '@/lib/i18n'
import { setZone } from '@/lib/time'
import type { AccountInput, AccountView } from '@/lib/types'
import { PageHead } from '@/ui/bits'
import { Need } from '@/ui/need'
import { Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { Retention } from './retention-form'
import './account.css'

/** The enterprise: name, time zone, language, how many callers at once. */
export function AccountPage() {
  const { t } = useTranslation()
  return (
    <Need right="account.manage">
      <PageHead title={t('section.account')} text={t('account.text')} />
      <AccountBody />
      <Retention />
    </Need>
  )
}

function AccountBody() {
  const account = useQuery({
    queryKey: ['account'],
    queryFn: ({ signal }) => api.get('/api/account', { signal }),
  })
  return <Loaded query={account}>{(a) => <AccountForm account={a} />}</Loaded>
}

const zones = Intl.supportedValuesOf('timeZone').map((z) => ({
  value: z,
  label: z.replaceAll('_', ' '),
}))

function AccountForm({ account }: { account: AccountView }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const client = useQueryClient()
  const can = useCan()
  const flows = useFlows(can('flows.read') || can('flows.manage') || can('numbers.manage'))
  const [form] = Form.useForm<AccountInput>()
  const save = useMutation({
    mutationFn: (input: AccountInput) => api.put('/api/account', { body: input }),
    onSuccess: (saved) => {
      setZone(saved.timezone)
      client.setQueryData(['account'], saved)
      void client.invalidateQueries({ queryKey: meKey })
      message.success(t('common.saved'))
    },
    onError: (err) => showError(err, form),
  })
  return (
    <Form
      form={form}
      layout="vertical"
      className="panel-form"
      initialValues={account}
      onFinish={(v) => save.mutate(v)}
    >
      <Form.Item
        name="name"
        label={t('account.name')}
        rules={[{ required: true, message: t('form.missing') }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item label={t('account.slug')} extra={t('account.slug_help', { slug: account.slug })}>
        <Input value={account.slug} disabled aria-label={t('account.slug')} />
      </Form.Item>
      <Form.Item name="timezone" label={t('account.timezone')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={zones} />
      </Form.Item>
      <Form.Item name="language" label={t('account.language')}>
        <Select options={languages} />
      </Form.Item>
      <Form.Item
        name="inbound_limit"
        label={t('account.inbound_limit')}
        extra={t('account.inbound_limit_help')}
      >
        <InputNumber min={0} max={100000} style={{ width: 160 }} />
      </Form.Item>
      <Load />
      <Form.Item
        name="survey_flow_id"
        label={t('account.survey_flow')}
        extra={t('account.survey_flow_help')}
      >
        <Select
          allowClear
          placeholder={t('account.survey_usual')}
          showSearch={{ optionFilterProp: 'label' }}
          options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('common.save')}
      </Button>
    </Form>
  )
}
