import { SearchOutlined } from '@ant-design/icons'
import { Input, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dragType } from './canvas'
import { kindIcon } from './icons'
import { groupOf, groups, say } from './spec'
import { useWorld } from './world'

/** Kinds of nodes: dragged into the drawing, or added by click or Enter. */
export function NodePalette({ onAdd }: { onAdd: (kind: string) => void }) {
  const { t } = useTranslation()
  const { specs } = useWorld()
  const [typed, setTyped] = useState('')
  const wish = typed.trim().toLowerCase()
  const fits = specs.kinds.filter(
    (k) =>
      wish === '' ||
      [k.kind, k.label.zh, k.label.en, k.help.zh, k.help.en].some((s) =>
        s.toLowerCase().includes(wish),
      ),
  )
  return (
    <aside className="node-palette" aria-label={t('editor.palette')}>
      <Input
        size="small"
        prefix={<SearchOutlined />}
        aria-label={t('editor.find_kind')}
        placeholder={t('editor.find_kind')}
        value={typed}
        onChange={(e) => setTyped(e.target.value)}
        onPressEnter={() => {
          if (fits[0]) onAdd(fits[0].kind)
        }}
        allowClear
      />
      <div className="palette-groups">
        {groups.map((g) => {
          const kinds = fits.filter((k) => groupOf(k.kind) === g.key)
          if (kinds.length === 0) return null
          return (
            <section key={g.key} aria-label={t(`editor.group.${g.key}`)}>
              <h2>{t(`editor.group.${g.key}`)}</h2>
              {kinds.map((k) => (
                <Tooltip key={k.kind} title={say(k.help)} placement="right" mouseEnterDelay={0.6}>
                  <button
                    type="button"
                    draggable
                    onDragStart={(e) => {
                      e.dataTransfer.setData(dragType, k.kind)
                      e.dataTransfer.effectAllowed = 'copy'
                    }}
                    onClick={() => onAdd(k.kind)}
                  >
                    <span aria-hidden="true" className={`kind-icon kind-${g.key}`}>
                      {kindIcon(k.kind)}
                    </span>
                    <span>{say(k.label)}</span>
                  </button>
                </Tooltip>
              ))}
            </section>
          )
        })}
        {fits.length === 0 && <p className="muted">{t('editor.no_kind')}</p>}
      </div>
    </aside>
  )
}
