import { Form, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { groupNumber } from '@/lib/phone-number'
import type { NumberInput, NumberView } from '@/lib/types'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { entryInput, useRemoveNumber, useSaveNumber } from './data'
import { ScheduleEditor } from './schedule-editor'
import { SchedulePreview } from './schedule-preview'

/** One service number: what it is called, which flow answers, and when another does. */
export function NumberSheet(props: { edited: Edited<NumberView>; onClose: () => void }) {
  const { t } = useTranslation()
  const flows = useFlows()
  return (
    <EditSheet<NumberView, NumberInput>
      edited={props.edited}
      onClose={props.onClose}
      width={820}
      title={(n) => (n ? groupNumber(n.number) : t('number.add'))}
      values={(n) => ({
        number: n?.number,
        name: n?.name,
        flow_id: n?.flow_id,
        enabled: n?.enabled ?? true,
        entries: n?.entries ?? [],
      })}
      input={(v) => ({ ...v, entries: v.entries?.map(entryInput) })}
      save={useSaveNumber()}
      remove={useRemoveNumber()}
      removeText={() => t('number.remove_text')}
    >
      {(form) => (
        <>
          <div className="form-row">
            <Form.Item
              name="number"
              label={t('number.number')}
              extra={t('number.number_help')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input inputMode="tel" maxLength={30} />
            </Form.Item>
            <Form.Item
              name="name"
              label={t('number.name')}
              extra={t('number.name_help')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={60} />
            </Form.Item>
          </div>
          <div className="form-row">
            <Form.Item name="flow_id" label={t('number.flow')} extra={t('number.flow_help')}>
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                loading={flows.isPending}
                placeholder={t('number.no_flow')}
                options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
              />
            </Form.Item>
            <Form.Item name="enabled" label={t('number.enabled')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </div>
          <h3 className="form-title">{t('schedule.title')}</h3>
          <p className="form-help">{t('schedule.help')}</p>
          <Form.Item name="entries">
            <ScheduleEditor />
          </Form.Item>
          <Form.Item noStyle shouldUpdate>
            {() => (
              <SchedulePreview
                flow={form.getFieldValue('flow_id')}
                entries={form.getFieldValue('entries') ?? []}
              />
            )}
          </Form.Item>
        </>
      )}
    </EditSheet>
  )
}
