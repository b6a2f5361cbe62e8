import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined } from '@ant-design/icons'
import { InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAgents } from '@/features/agents/data'
import type { GroupMember } from '@/lib/types'
import { addMembers, moveMember } from './order'

/** Picks the agents of a group, their skill levels and their order. */
export function Members({
  value = [],
  onChange,
}: {
  value?: GroupMember[]
  onChange?: (m: GroupMember[]) => void
}) {
  const { t } = useTranslation()
  const agents = useAgents()
  const set = (next: GroupMember[]) => onChange?.(next)
  const free = (agents.data ?? []).filter(
    (a) => a.number && !a.disabled && !value.some((m) => m.agent === a.id),
  )
  const nameOf = (m: GroupMember) => {
    const a = agents.data?.find((x) => x.id === m.agent)
    return { name: a?.name ?? m.name, number: a?.number ?? m.number }
  }
  return (
    <div className="members">
      <Select
        mode="multiple"
        value={[] as number[]}
        placeholder={t('group.add_members')}
        aria-label={t('group.add_members')}
        loading={agents.isPending}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(ids: number[]) => set(addMembers(value, ids))}
        options={free.map((a) => ({ value: a.id, label: `${a.name} ${a.number ?? ''}` }))}
        notFoundContent={t('group.all_members')}
      />
      {value.length > 0 && (
        <ol>
          {value.map((m, i) => {
            const { name, number } = nameOf(m)
            return (
              <li key={m.agent}>
                <span className="tabular faint">{i + 1}</span>
                <span>
                  {name} <span className="faint tabular">{number}</span>
                </span>
                <span className="member-level">
                  {t('group.level')}
                  <InputNumber
                    size="small"
                    min={1}
                    max={10}
                    value={m.level}
                    aria-label={t('group.level_of', { name })}
                    onChange={(level) => set(value.with(i, { ...m, level: level ?? 1 }))}
                  />
                </span>
                <span>
                  <button
                    type="button"
                    className="icon-button"
                    disabled={i === 0}
                    aria-label={t('group.up', { name })}
                    onClick={() => set(moveMember(value, i, -1))}
                  >
                    <ArrowUpOutlined />
                  </button>
                  <button
                    type="button"
                    className="icon-button"
                    disabled={i === value.length - 1}
                    aria-label={t('group.down', { name })}
                    onClick={() => set(moveMember(value, i, 1))}
                  >
                    <ArrowDownOutlined />
                  </button>
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={t('group.drop', { name })}
                    onClick={() => set(value.filter((x) => x.agent !== m.agent))}
                  >
                    <CloseOutlined />
                  </button>
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </div>
  )
}
