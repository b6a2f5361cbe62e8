import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { RetentionInput, RetentionView } from '@/lib/types'
import { Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'

const key = ['retention'] as const

/** How long recordings and records are kept. */
export function Retention() {
  const { t } = useTranslation()
  const rules = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get('/api/retention', { signal }),
  })
  return (
    <section aria-label={t('retention.title')}>
      <h2>{t('retention.title')}</h2>
      <p className="faint">{t('retention.text')}</p>
      <Loaded query={rules}>{(r) => <RetentionForm rules={r} />}</Loaded>
    </section>
  )
}

/** Whether less would be kept than now; 0 is for ever. */
export function shortens(old: RetentionInput, next: RetentionInput): boolean {
  const less = (a: number, b: number) => b > 0 && (a === 0 || b < a)
  return less(old.recording_days, next.recording_days) || less(old.record_days, next.record_days)
}

function RetentionForm({ rules }: { rules: RetentionView }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const showError = useShowError()
  const client = useQueryClient()
  const [form] = Form.useForm<RetentionInput>()
  const save = useMutation({
    mutationFn: (input: RetentionInput) => api.put('/api/retention', { body: input }),
    onSuccess: (saved) => {
      client.setQueryData(key, saved)
      message.success(t('common.saved'))
    },
    onError: (err) => showError(err, form),
  })
  const submit = (next: RetentionInput) => {
    if (!shortens(rules, next)) return save.mutate(next)
    modal.confirm({
      title: t('retention.sure'),
      content: t('retention.sure_text'),
      okText: t('retention.shorten'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () => save.mutateAsync(next).catch(() => undefined),
    })
  }
  const days = (name: keyof RetentionInput) => (
    <Form.Item
      name={name}
      label={t(name === 'record_days' ? 'retention.records' : 'retention.recordings')}
      extra={t('retention.help')}
      rules={[{ required: true, message: t('form.missing') }]}
    >
      <InputNumber
        min={0}
        max={36500}
        precision={0}
        suffix={t('retention.days')}
        style={{ width: 160 }}
      />
    </Form.Item>
  )
  return (
    <Form
      form={form}
      layout="vertical"
      className="panel-form"
      initialValues={rules}
      onFinish={submit}
    >
      {days('recording_days')}
      {days('record_days')}
      <p>{rules.held > 0 ? t('retention.held', { n: rules.held }) : t('retention.held_zero')}</p>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('common.save')}
      </Button>
    </Form>
  )
}
