import { PaperClipOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { App, Button, Form, type FormInstance, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { groupNumber } from '@/lib/phone-number'
import { fullTime } from '@/lib/time'
import type { ApplicationView, SettleInput } from '@/lib/types'
import { Facts, Tag } from '@/ui/bits'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { tones } from './applications-page'
import { useSettle } from './data'

/** One application, what became of it, and the ways to settle it for those who may. */
export function ApplicationSheet(props: {
  application?: ApplicationView
  settles: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const a = props.application
  const over = a?.state === 'refused' || a?.state === 'done'
  return (
    <SideSheet
      open={a !== undefined}
      title={a ? t('application.title', { id: a.id }) : ''}
      onClose={props.onClose}
    >
      {a && (
        <>
          <Facts
            items={[
              {
                label: t('application.state_title'),
                value: <Tag tone={tones[a.state]}>{t(`application.state.${a.state}`)}</Tag>,
              },
              { label: t('application.by'), value: a.by },
              { label: t('application.contact'), value: a.contact },
              { label: t('application.at'), value: fullTime(a.created_at) },
              a.number !== undefined && {
                label: t('application.number'),
                value: groupNumber(a.number),
              },
            ]}
          />
          <h3 className="form-title">{t('application.description')}</h3>
          <p className="application-text">{a.description}</p>
          {a.file && (
            <p>
              <a href={`/api/applications/${a.id}/file`} download={a.file}>
                <PaperClipOutlined /> {t('application.download', { name: a.file })}
              </a>
            </p>
          )}
          {(a.answer || a.settled_at) && (
            <>
              <h3 className="form-title">{t('application.answer')}</h3>
              <p className="application-text">{a.answer || '—'}</p>
              {a.flow && (
                <p>
                  {t('application.flow')}{' '}
                  {props.settles ? (
                    <Link to="/settings/flows/$id" params={{ id: String(a.flow_id) }}>
                      {a.flow}
                    </Link>
                  ) : (
                    <strong>{a.flow}</strong>
                  )}
                </p>
              )}
              {a.settled_at && (
                <p className="application-by">
                  {t('application.settled', {
                    name: a.settled_by ?? '',
                    at: fullTime(a.settled_at),
                  })}
                </p>
              )}
            </>
          )}
          {props.settles && !over && <Settle key={a.id} application={a} onDone={props.onClose} />}
        </>
      )}
    </SideSheet>
  )
}

function Settle({ application: a, onDone }: { application: ApplicationView; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const flows = useFlows()
  const settle = useSettle()
  const [form] = Form.useForm<Omit<SettleInput, 'state'>>()
  const go = (state: SettleInput['state']) =>
    settle.mutate(
      { id: a.id, input: { ...form.getFieldsValue(), state } },
      {
        onSuccess: () => {
          message.success(t('application.settled_ok'))
          if (state !== 'accepted') onDone()
        },
        onError: (err) => showError(err, form as FormInstance),
      },
    )
  return (
    <Form
      form={form}
      layout="vertical"
      className="application-settle"
      initialValues={{ answer: a.answer, flow_id: a.flow_id }}
    >
      <Form.Item name="answer" label={t('application.answer')} extra={t('application.answer_help')}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
      <Form.Item name="flow_id" label={t('application.flow')}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
        />
      </Form.Item>
      <div className="application-verbs">
        {a.state === 'new' && (
          <Button loading={settle.isPending} onClick={() => go('accepted')}>
            {t('application.accept')}
          </Button>
        )}
        <Button danger loading={settle.isPending} onClick={() => go('refused')}>
          {t('application.refuse')}
        </Button>
        <Button type="primary" loading={settle.isPending} onClick={() => go('done')}>
          {t('application.finish')}
        </Button>
      </div>
    </Form>
  )
}
