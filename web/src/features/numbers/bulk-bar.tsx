import { App, Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { groupNumber } from '@/lib/phone-number'
import type { NumberView } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { useAssignNumbers } from './data'

/** What can be done with the chosen numbers together. */
export function BulkBar(props: { ids: number[]; numbers: NumberView[]; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const flows = useFlows()
  const assign = useAssignNumbers()
  const { ids } = props
  if (ids.length === 0) return null
  const go = (change: { flow_id?: number; enabled?: boolean; like_id?: number }) =>
    assign.mutate(
      { ids, ...change },
      {
        onSuccess: () => {
          message.success(t('number.assigned', { n: ids.length }))
          props.onDone()
        },
        onError: (err) => showError(err),
      },
    )
  return (
    <div className="bulk-bar" role="toolbar" aria-label={t('number.chosen', { n: ids.length })}>
      <strong>{t('number.chosen', { n: ids.length })}</strong>
      <Select
        className="bulk-choice"
        placeholder={t('number.assign_flow')}
        aria-label={t('number.assign_flow')}
        value={null}
        showSearch={{ optionFilterProp: 'label' }}
        options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
        onChange={(flow) => flow !== null && go({ flow_id: flow })}
      />
      <Select
        className="bulk-choice"
        placeholder={t('number.assign_like')}
        aria-label={t('number.assign_like')}
        value={null}
        showSearch={{ optionFilterProp: 'label' }}
        options={props.numbers
          .filter((n) => n.entries.length > 0)
          .map((n) => ({ value: n.id, label: `${groupNumber(n.number)} ${n.name}` }))}
        onChange={(id) => id !== null && go({ like_id: id })}
      />
      <Button onClick={() => go({ enabled: true })}>{t('common.on')}</Button>
      <Button onClick={() => go({ enabled: false })}>{t('common.off')}</Button>
      <Button type="text" onClick={props.onDone}>
        {t('common.cancel')}
      </Button>
    </div>
  )
}
