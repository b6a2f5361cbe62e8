import { App, Form, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAgents } from '@/features/agents/data'
import type { CallFilter } from '@/features/calls/data'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useAssign } from './data'

/** Gives missed calls to agents: those chosen, or all that were found (分配未接来电). */
export function AssignSheet(props: {
  open: boolean
  chosen: string[]
  filter: CallFilter
  found?: string
  onClose: (done: boolean) => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const agents = useAgents(props.open)
  const assign = useAssign()
  const [who, setWho] = useState<number[]>([])
  const [which, setWhich] = useState<'chosen' | 'found'>()
  const what = which ?? (props.chosen.length > 0 ? 'chosen' : 'found')
  const run = () => {
    if (who.length === 0) {
      message.warning(t('assign.nobody'))
      return
    }
    assign.mutate(
      {
        agents: who,
        ...(what === 'chosen' ? { calls: props.chosen } : { search: props.filter }),
      },
      {
        onSuccess: (done) => {
          message.success(
            [
              t('assign.done', { n: done.assigned }),
              done.talked ? t('assign.talked', { n: done.talked }) : '',
              done.agents.map((a) => `${a.name} ${a.calls}`).join(' · '),
            ]
              .filter(Boolean)
              .join('\n'),
          )
          props.onClose(true)
        },
        onError: (e) => showError(e),
      },
    )
  }
  return (
    <SideSheet
      open={props.open}
      title={t('assign.title')}
      width={460}
      onClose={() => props.onClose(false)}
      onSave={run}
      saving={assign.isPending}
    >
      <p className="faint">{t('assign.text')}</p>
      <Form layout="vertical">
        <Form.Item label={t('assign.which')}>
          <Radio.Group
            value={what}
            onChange={(e) => setWhich(e.target.value)}
            options={[
              {
                value: 'chosen',
                label: t('assign.chosen', { n: props.chosen.length }),
                disabled: props.chosen.length === 0,
              },
              { value: 'found', label: t('assign.found', { n: props.found ?? '…' }) },
            ]}
          />
        </Form.Item>
        <Form.Item label={t('assign.agents')} required>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            value={who}
            aria-label={t('assign.agents')}
            placeholder={t('assign.agents')}
            options={agents.data
              ?.filter((a) => a.number && !a.disabled)
              .map((a) => ({ value: a.id, label: `${a.name} ${a.number ?? ''}` }))}
            onChange={setWho}
          />
        </Form.Item>
      </Form>
    </SideSheet>
  )
}
