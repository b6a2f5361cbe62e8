import { Button, Checkbox, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAgents } from '@/features/agents/data'
import { useGroups } from '@/features/groups/data'
import { useCan, useMe } from '@/features/session/session'
import { type CallSearch, outcomes } from './search'

/** The filters that unfold under the search line. */
export function HistoryFilter({
  search,
  onChange,
}: {
  search: CallSearch
  onChange: (s: CallSearch) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const all = useCan()('calls.read')
  const agents = useAgents(all)
  const groups = useGroups(all)
  return (
    <div className="history-filter">
      <Select
        allowClear
        value={search.outcome}
        onChange={(outcome) => onChange({ outcome })}
        placeholder={t('call.outcome')}
        aria-label={t('call.outcome')}
        options={outcomes.map((o) => ({ value: o, label: t(`outcome.${o}`) }))}
      />
      <Select
        allowClear
        value={search.direction}
        onChange={(direction) => onChange({ direction })}
        placeholder={t('call.direction')}
        aria-label={t('call.direction')}
        options={[
          { value: 'in', label: t('call.inbound') },
          { value: 'out', label: t('call.outbound') },
        ]}
      />
      {all && (
        <>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            value={search.agent}
            onChange={(agent) => onChange({ agent })}
            placeholder={t('call.agent')}
            aria-label={t('call.agent')}
            options={agents.data
              ?.filter((a) => a.number)
              .map((a) => ({ value: a.id, label: `${a.name} ${a.number ?? ''}` }))}
          />
          <Select
            allowClear
            value={search.group}
            onChange={(group) => onChange({ group })}
            placeholder={t('call.group')}
            aria-label={t('call.group')}
            options={groups.data?.map((g) => ({ value: g.id, label: g.name }))}
          />
        </>
      )}
      <div className="history-filter-foot">
        {me.agent && (
          <Checkbox
            checked={search.mine ?? false}
            onChange={(e) => onChange({ mine: e.target.checked || undefined })}
          >
            {t('calls.mine')}
          </Checkbox>
        )}
        <Button
          size="small"
          type="link"
          onClick={() =>
            onChange({
              outcome: undefined,
              direction: undefined,
              agent: undefined,
              group: undefined,
              mine: undefined,
              number: undefined,
            })
          }
        >
          {t('calls.reset')}
        </Button>
      </div>
    </div>
  )
}
