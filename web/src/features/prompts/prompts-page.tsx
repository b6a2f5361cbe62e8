import { InboxOutlined, MessageOutlined, SearchOutlined } from '@ant-design/icons'
import { App, Button, Input, Segmented, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { clockText } from '@/lib/time'
import type { PromptView } from '@/lib/types'
import { PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable, RowActions } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { soundOf, usePrompts } from './data'
import { Play, useSound } from './play'
import { PromptSheet } from './prompt-sheet'
import { SpeechSheet } from './speech-sheet'
import { UploadList } from './upload-list'
import { largest, useUploads } from './uploads'
import { sizeText, UsedBy } from './words'
import './prompts.css'

/** Prompts: what callers hear, uploaded or spoken from a text. */
export function PromptsPage() {
  return (
    <Need right={['flows.read', 'flows.manage', 'groups.manage']}>
      <Prompts />
    </Need>
  )
}

function Prompts() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const can = useCan()
  const mayChange = can('flows.manage')
  const prompts = usePrompts()
  const uploads = useUploads()
  const sound = useSound()
  const [which, setWhich] = useState<'own' | 'product'>('own')
  const [find, setFind] = useState('')
  const [speaking, setSpeaking] = useState(false)
  const [open, setOpen] = useState<number>()
  const found = prompts.data?.filter(
    (p) =>
      p.built_in === (which === 'product') &&
      [p.name, p.zh, p.en, p.text, p.original].some((s) =>
        s?.toLowerCase().includes(find.trim().toLowerCase()),
      ),
  )
  const take = (file: File, replaces?: PromptView) => {
    if (file.size > largest) message.error(t('prompt.too_large', { name: file.name }))
    else
      uploads.add(
        file,
        replaces?.id === undefined ? undefined : { id: replaces.id, name: replaces.name },
      )
  }
  const speech = mayChange && (
    <Button icon={<MessageOutlined />} onClick={() => setSpeaking(true)}>
      {t('prompt.speech')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.prompts')} text={t('prompt.text')}>
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('prompt.find')}
          aria-label={t('prompt.find')}
          value={find}
          onChange={(e) => setFind(e.target.value)}
          style={{ width: 200 }}
        />
        {speech}
      </PageHead>
      {mayChange && (
        <div className="prompts-drop">
          <Upload.Dragger
            multiple
            accept=".wav,.mp3,audio/*"
            showUploadList={false}
            beforeUpload={(f) => {
              take(f)
              return false
            }}
          >
            <span className="drop">
              <InboxOutlined /> {t('prompt.drop')}
            </span>
          </Upload.Dragger>
          <UploadList uploads={uploads} prompts={prompts.data ?? []} />
        </div>
      )}
      <Segmented
        className="prompts-which"
        value={which}
        onChange={setWhich}
        options={[
          { value: 'own', label: t('prompt.own') },
          { value: 'product', label: t('prompt.product') },
        ]}
      />
      {which === 'own' ? (
        <Own
          rows={{ ...prompts, data: found }}
          sound={sound}
          searching={find !== ''}
          speech={speech}
          onOpen={(p) => setOpen(p.id)}
        />
      ) : (
        <Product rows={{ ...prompts, data: found }} sound={sound} />
      )}
      <SpeechSheet open={speaking} onClose={() => setSpeaking(false)} />
      <PromptSheet
        prompt={prompts.data?.find((p) => p.id !== undefined && p.id === open)}
        mayChange={mayChange}
        onClose={() => setOpen(undefined)}
        onReplace={(p, f) => {
          setOpen(undefined)
          take(f, p)
        }}
      />
    </>
  )
}

type Listed = Pick<ReturnType<typeof usePrompts>, 'error' | 'isPending' | 'refetch'> & {
  data: PromptView[] | undefined
}

function Own(props: {
  rows: Listed
  sound: ReturnType<typeof useSound>
  searching: boolean
  speech: React.ReactNode
  onOpen: (p: PromptView) => void
}) {
  const { t } = useTranslation()
  const columns: Columns<PromptView> = [
    {
      title: <span className="visually-hidden">{t('prompt.listen')}</span>,
      width: 56,
      render: (_, p) => (
        <RowActions>
          <Play sound={props.sound} url={soundOf(p, 'zh')} name={p.name} />
        </RowActions>
      ),
    },
    {
      title: t('prompt.name'),
      render: (_, p) => (
        <>
          <strong>{p.name}</strong>
          {(p.text || p.original) && (
            <div className="prompt-line prompt-muted" title={p.text || p.original}>
              {p.text || p.original}
            </div>
          )}
        </>
      ),
    },
    {
      title: t('prompt.source'),
      render: (_, p) => <Tag>{t(`prompt.from.${p.source ?? 'upload'}`)}</Tag>,
    },
    {
      title: t('prompt.length'),
      align: 'right',
      render: (_, p) => (
        <span className="tabular">{clockText(Math.max(1, (p.milliseconds ?? 0) / 1000))}</span>
      ),
    },
    {
      title: t('prompt.size'),
      align: 'right',
      render: (_, p) => <span className="tabular">{sizeText(p.bytes ?? 0)}</span>,
    },
    { title: t('prompt.used_by'), render: (_, p) => <UsedBy uses={p.used_by} /> },
    {
      title: t('prompt.updated'),
      render: (_, p) => (
        <>
          {p.updated_at && <When at={p.updated_at} />}{' '}
          <span className="prompt-muted">{p.updated_by}</span>
        </>
      ),
    },
  ]
  return (
    <DataTable
      label={t('section.prompts')}
      rows={props.rows}
      columns={columns}
      rowKey="name"
      onOpen={props.onOpen}
      empty={
        props.searching ? (
          <Empty title={t('prompt.not_found')} />
        ) : (
          <Empty title={t('prompt.none')} text={t('prompt.none_text')} action={props.speech} />
        )
      }
    />
  )
}

function Product({ rows, sound }: { rows: Listed; sound: ReturnType<typeof useSound> }) {
  const { t } = useTranslation()
  const columns: Columns<PromptView> = [
    { title: t('prompt.name'), render: (_, p) => <code>{p.name}</code> },
    ...(['zh', 'en'] as const).map((language) => ({
      title: t(`prompt.words_in.${language}`),
      render: (_: unknown, p: PromptView) => (
        <span className="prompt-said">
          <Play sound={sound} url={soundOf(p, language)} name={`${p.name} ${language}`} />
          {p[language]}
        </span>
      ),
    })),
  ]
  return (
    <DataTable
      label={t('prompt.product')}
      rows={rows}
      columns={columns}
      rowKey="name"
      empty={<Empty title={t('prompt.not_found')} />}
    />
  )
}
