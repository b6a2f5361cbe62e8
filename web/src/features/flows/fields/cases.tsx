import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { listOf } from '../editor/doc'
import { AddButton, type ControlProps, RowTools, TargetSelect } from './parts'
import { useRows } from './rows'
import { ThreeWay } from './simple'
import { PairsField } from './tables'

type Item = Record<string, unknown>
const read = (v: unknown): Item[] =>
  listOf(v).map((x) => (typeof x === 'object' && x !== null ? (x as Item) : {}))
const write = (items: Item[]) => (items.length > 0 ? items : undefined)

function without(item: Item, key: string, value: unknown): Item {
  const { [key]: _, ...rest } = item
  if (value === undefined) return rest
  return { ...item, [key]: value }
}

/** The frame of a list of cases: each may be moved, and leads somewhere. */
function Cases(
  p: ControlProps & {
    node: string
    fresh: Item
    add: string
    children: (item: Item, put: (key: string, value: unknown) => void, n: number) => React.ReactNode
  },
) {
  const { t } = useTranslation()
  const { rows, put, add, remove, move } = useRows<Item>(p.value, read, write, p.onChange)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r, i) => (
        <fieldset className="nested" key={r.id}>
          <legend>
            {t('editor.case', { n: i + 1 })}
            <RowTools
              what={t('editor.case', { n: i + 1 })}
              disabled={p.disabled}
              first={i === 0}
              last={i === rows.length - 1}
              onMove={(by) => move(r.id, by)}
              onRemove={() => remove(r.id)}
            />
          </legend>
          {p.children(r.value, (key, value) => put(r.id, without(r.value, key, value)), i + 1)}
          <div className="case-go">
            <span>{t('editor.leads_to')}</span>
            <TargetSelect
              label={t('editor.case_leads', { n: i + 1 })}
              node={p.node}
              target={typeof r.value.go === 'string' && r.value.go ? r.value.go : undefined}
              required
              disabled={p.disabled}
              onChange={(to) => put(r.id, { ...r.value, go: to ?? '' })}
            />
          </div>
        </fieldset>
      ))}
      {!p.disabled && <AddButton onClick={() => add(p.fresh)}>{p.add}</AddButton>}
    </div>
  )
}

/** Conditions written as expressions. */
export function RulesField(p: ControlProps & { node: string }) {
  const { t } = useTranslation()
  return (
    <Cases {...p} fresh={{ if: '', go: '' }} add={t('editor.add_case')}>
      {(item, put, n) => (
        <Input.TextArea
          aria-label={t('editor.expression_of', { n })}
          value={String(item.if ?? '')}
          autoSize={{ minRows: 1, maxRows: 4 }}
          maxLength={500}
          disabled={p.disabled}
          placeholder={t('editor.expression_example')}
          className="code-input"
          spellCheck={false}
          onChange={(e) => put('if', e.target.value)}
        />
      )}
    </Cases>
  )
}

const lists = ['number', 'service', 'region'] as const
const flags = ['blacklisted', 'repeat'] as const

/** Conditions on who calls. */
export function CallerField(p: ControlProps & { node: string }) {
  const { t } = useTranslation()
  const split = (s: string) => {
    const parts = s.split(/[,，、\s]+/).filter((x) => x !== '')
    return parts.length > 0 ? parts : undefined
  }
  return (
    <Cases {...p} fresh={{ go: '' }} add={t('editor.add_case')}>
      {(item, put, n) => (
        <>
          {lists.map((k) => (
            <div className="case-field" key={k}>
              <span>{t(`editor.caller.${k}`)}</span>
              <Input
                aria-label={`${t(`editor.caller.${k}`)} ${n}`}
                key={listOf(item[k]).join()}
                defaultValue={listOf(item[k]).join('，')}
                placeholder={t(`editor.caller_example.${k}`)}
                disabled={p.disabled}
                onBlur={(e) => {
                  const next = split(e.target.value)
                  if ((next ?? []).join() !== listOf(item[k]).join()) put(k, next)
                }}
                onPressEnter={(e) => e.currentTarget.blur()}
              />
            </div>
          ))}
          {flags.map((k) => (
            <div className="case-field" key={k}>
              <span>{t(`editor.caller.${k}`)}</span>
              <ThreeWay
                id={`${p.id}-${n}-${k}`}
                label={`${t(`editor.caller.${k}`)} ${n}`}
                value={item[k]}
                disabled={p.disabled}
                onChange={(v) => put(k, v)}
              />
            </div>
          ))}
          <div className="case-field tall">
            <span>{t('editor.caller.customer')}</span>
            <PairsField
              id={`${p.id}-${n}-customer`}
              label={`${t('editor.caller.customer')} ${n}`}
              keyLabel={t('editor.customer_field')}
              valueLabel={t('editor.value')}
              value={item.customer}
              disabled={p.disabled}
              onChange={(v) => put('customer', v)}
            />
          </div>
        </>
      )}
    </Cases>
  )
}
