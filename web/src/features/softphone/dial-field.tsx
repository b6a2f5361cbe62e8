import { PhoneOutlined } from '@ant-design/icons'
import { Button, Input, type InputRef } from 'antd'
import { type Ref, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dialable } from '@/lib/phone-number'

/** The number field: type or paste, Enter calls. */
export function DialField(props: {
  ref?: Ref<InputRef>
  disabled: boolean
  onDial: (number: string) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const number = dialable(text)
  const dial = () => {
    if (!number || props.disabled) return
    props.onDial(number)
    setText('')
  }
  return (
    <Input
      ref={props.ref}
      className="dial-field"
      value={text}
      disabled={props.disabled}
      onChange={(e) => setText(e.target.value)}
      onPressEnter={dial}
      placeholder={t('bar.number')}
      aria-label={t('bar.number')}
      inputMode="tel"
      autoComplete="off"
      maxLength={40}
      allowClear
      suffix={
        <Button
          size="small"
          type="primary"
          icon={<PhoneOutlined rotate={90} />}
          disabled={!number || props.disabled}
          onClick={dial}
          aria-label={t('bar.dial')}
        />
      }
    />
  )
}
