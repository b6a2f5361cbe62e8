import { SoundOutlined } from '@ant-design/icons'
import { Alert, App, Button, Form, Input, Select, Slider } from 'antd'
import { useTranslation } from 'react-i18next'
import type { SpeechInput } from '@/lib/types'
import { Loaded } from '@/ui/page-state'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useKeepSpeech, useSay, useSpeech } from './data'
import { useSound } from './play'

interface Fields extends SpeechInput {
  name: string
}

/** Types a text, hears it, and keeps it as a prompt. */
export function SpeechSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const speech = useSpeech(open)
  const [form] = Form.useForm<Fields>()
  const sound = useSound()
  const say = useSay()
  const keep = useKeepSpeech()
  const able = (speech.data?.voices.length ?? 0) > 0
  const close = () => {
    sound.stop()
    onClose()
  }
  const hear = async () => {
    const ok = await form.validateFields(['text', 'voice', 'speed']).catch(() => undefined)
    if (!ok) return
    const { text, voice, speed } = form.getFieldsValue()
    say.mutate(
      { text, voice, speed },
      { onSuccess: (url) => sound.play(url), onError: (err) => showError(err, form) },
    )
  }
  const save = async () => {
    const filled = await form.validateFields().catch(() => undefined)
    if (!filled) return
    keep.mutate(filled, {
      onSuccess: () => {
        message.success(t('common.saved'))
        close()
      },
      onError: (err) => showError(err, form),
    })
  }
  return (
    <SideSheet
      open={open}
      title={t('prompt.speech')}
      onClose={close}
      onSave={able ? save : undefined}
      saving={keep.isPending}
      extra={
        <Button icon={<SoundOutlined />} loading={say.isPending} onClick={hear}>
          {t('prompt.hear')}
        </Button>
      }
    >
      <Loaded query={speech}>
        {(s) =>
          s.voices.length === 0 ? (
            <Alert type="info" showIcon message={t('prompt.no_speech')} />
          ) : (
            <Form
              form={form}
              layout="vertical"
              initialValues={{ voice: s.voices[0]?.name, speed: 100 }}
            >
              <Form.Item
                name="text"
                label={t('prompt.words')}
                rules={[{ required: true, whitespace: true, message: t('form.missing') }]}
                extra={
                  s.per_day > 0 &&
                  t('prompt.left_today', { n: Math.max(0, s.per_day - s.used_today) })
                }
              >
                <Input.TextArea
                  maxLength={s.longest_text}
                  showCount
                  autoSize={{ minRows: 4, maxRows: 12 }}
                  placeholder={t('prompt.words_example')}
                />
              </Form.Item>
              <Form.Item name="voice" label={t('prompt.voice')}>
                <Select
                  options={s.voices.map((v) => ({
                    value: v.name,
                    label: (t('prompt.in') === 'zh' ? v.zh : v.en) || v.name,
                  }))}
                />
              </Form.Item>
              <Form.Item name="speed" label={t('prompt.speed')}>
                <Slider min={50} max={200} step={10} tooltip={{ formatter: (n) => `${n}%` }} />
              </Form.Item>
              <Form.Item
                name="name"
                label={t('prompt.name')}
                extra={t('prompt.name_help')}
                rules={[{ required: true, whitespace: true, message: t('form.missing') }]}
              >
                <Input maxLength={60} />
              </Form.Item>
            </Form>
          )
        }
      </Loaded>
    </SideSheet>
  )
}
