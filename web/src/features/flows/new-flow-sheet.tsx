import { App, Button, Form, Input } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Loaded } from '@/ui/page-state'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useSamples, useUploadFlow } from './data'
import { say } from './editor/spec'
import './flows.css'

const Preview = lazy(() => import('./editor/preview').then((m) => ({ default: m.Preview })))

/** Begins a flow: blank, or from a ready-made one that is shown before. */
export function NewFlowSheet(props: {
  open: boolean
  onClose: () => void
  onMade: (id: number) => void
}) {
  const { t } = useTranslation()
  return (
    <SideSheet open={props.open} width={860} title={t('editor.new_flow')} onClose={props.onClose}>
      <NewFlow {...props} />
    </SideSheet>
  )
}

function NewFlow(props: Parameters<typeof NewFlowSheet>[0]) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const samples = useSamples(props.open)
  const make = useUploadFlow()
  const [name, setName] = useState('')
  const [sample, setSample] = useState('')
  const chosen = samples.data?.find((s) => s.name === sample)
  const go = () => {
    const wish = name.trim()
    if (wish === '') {
      message.warning(t('editor.name_first'))
      return
    }
    make.mutate(
      { name: wish, ...(sample ? { sample } : {}) },
      { onSuccess: (made) => props.onMade(made.id), onError: (err) => showError(err) },
    )
  }
  return (
    <div className="new-flow">
      <Form.Item label={t('flow.name')} htmlFor="new-flow-name" layout="vertical" required>
        <Input
          id="new-flow-name"
          value={name}
          maxLength={100}
          autoFocus
          onChange={(e) => setName(e.target.value)}
          onPressEnter={go}
        />
      </Form.Item>
      <Loaded query={samples}>
        {(list) => (
          <div className="samples" role="radiogroup" aria-label={t('editor.begin_with')}>
            {[undefined, ...list].map((s) => (
              <label key={s?.name ?? ''} className={sample === (s?.name ?? '') ? 'on' : ''}>
                <input
                  type="radio"
                  name="sample"
                  checked={sample === (s?.name ?? '')}
                  onChange={() => {
                    setSample(s?.name ?? '')
                    if (s && (name === '' || list.some((x) => say(x.title) === name)))
                      setName(say(s.title))
                  }}
                />
                <span>
                  <strong>{s ? say(s.title) : t('editor.blank')}</strong>
                  <small>{s ? say(s.help) : t('editor.blank_text')}</small>
                </span>
              </label>
            ))}
          </div>
        )}
      </Loaded>
      {chosen && (
        <div className="sample-preview">
          <Suspense>
            <Preview key={chosen.name} document={chosen.document} label={say(chosen.title)} />
          </Suspense>
        </div>
      )}
      <div className="upload-foot">
        <Button onClick={props.onClose}>{t('common.cancel')}</Button>
        <Button type="primary" loading={make.isPending} onClick={go}>
          {t('editor.begin')}
        </Button>
      </div>
    </div>
  )
}
