import { useTranslation } from 'react-i18next'
import { type FieldSpec, say } from '../editor/spec'
import { CallerField, RulesField } from './cases'
import type { ControlProps } from './parts'
import { PromptsField } from './prompts'
import {
  FlagField,
  NamedField,
  NumberField,
  OptionField,
  RawField,
  TextField,
  TimeField,
  VariableField,
} from './simple'
import { AnswersField, KeysField, LinesField, PairsField, SecondField } from './tables'
import { DaysField, SpansField } from './times'
import './fields.css'

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#']

/** The control for a field, by its type. A type that is not known here is edited as it stands in the file. */
function Control(p: ControlProps & { spec: FieldSpec; node: string }) {
  const { t } = useTranslation()
  const { spec } = p
  switch (spec.type) {
    case 'prompts':
      return <PromptsField {...p} most={spec.max} fallback={spec.default} />
    case 'number':
      return <NumberField {...p} />
    case 'time':
      return <TimeField {...p} />
    case 'option':
      return <OptionField {...p} options={spec.options ?? []} fallback={spec.default} />
    case 'terminator':
      return <OptionField {...p} options={['#', '*', 'none']} fallback={spec.default} />
    case 'key':
      return <OptionField {...p} options={keypad} fallback="" />
    case 'flag':
      return <FlagField {...p} fallback={spec.default} />
    case 'group':
    case 'agent':
    case 'flow':
    case 'hours':
      return <NamedField {...p} type={spec.type} />
    case 'variable':
      return <VariableField {...p} />
    case 'keys':
      return <KeysField {...p} single={spec.max === 1} />
    case 'labels':
      return (
        <PairsField
          {...p}
          numbered
          keyLabel={t('editor.key_name')}
          valueLabel={t('editor.stands_for')}
        />
      )
    case 'values':
      return <PairsField {...p} keyLabel={t('editor.variable')} valueLabel={t('editor.value')} />
    case 'headers':
      return <PairsField {...p} keyLabel={t('editor.header')} valueLabel={t('editor.value')} />
    case 'body':
      return <PairsField {...p} keyLabel={t('editor.name')} valueLabel={t('editor.value')} />
    case 'paths':
      return <PairsField {...p} keyLabel={t('editor.variable')} valueLabel={t('editor.path')} />
    case 'answers':
      return <AnswersField {...p} />
    case 'second':
      return <SecondField {...p} />
    case 'cases':
      return <CallerField {...p} />
    case 'rules':
      return <RulesField {...p} />
    case 'spans':
      return <SpansField {...p} />
    case 'days':
      return <DaysField {...p} />
    case 'variables':
      return <LinesField {...p} placeholder={t('editor.one_a_line')} />
    case 'phone':
      return <TextField {...p} placeholder="01082345678" />
    case 'pattern':
      return <TextField {...p} placeholder="[0-9]{4,12}" code />
    case 'url':
      return <TextField {...p} placeholder="https://" code />
  }
  return <RawField {...p} />
}

/** One field of a node: what it is called, its control, what it is for, what is wrong with it. */
export function FieldRow(p: {
  spec: FieldSpec
  node: string
  value: unknown
  disabled?: boolean
  at?: boolean
  problems: { what: string; do?: string; warning?: boolean }[]
  onChange: (value: unknown) => void
}) {
  const { spec } = p
  const id = `field-${spec.name}`
  const label = say(spec.label)
  const bad = p.problems.length > 0
  return (
    <div className={`field ${bad ? 'bad' : ''} ${p.at ? 'at' : ''}`} data-field={spec.name}>
      <label htmlFor={id}>
        {label}
        {spec.required && <span className="field-must">*</span>}
      </label>
      <Control
        id={id}
        label={label}
        spec={spec}
        node={p.node}
        value={p.value}
        disabled={p.disabled}
        onChange={p.onChange}
      />
      {p.problems.map((x) => (
        <small key={x.what} className={x.warning ? 'field-warning' : 'field-error'}>
          {x.what}
          {x.do && ` ${x.do}`}
        </small>
      ))}
      <small className="field-help">{say(spec.help)}</small>
    </div>
  )
}
