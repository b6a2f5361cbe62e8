import {
  ApartmentOutlined,
  AudioOutlined,
  BellOutlined,
  BranchesOutlined,
  ClockCircleOutlined,
  CodeOutlined,
  CustomerServiceOutlined,
  FilterOutlined,
  FormOutlined,
  InfoCircleOutlined,
  LikeOutlined,
  MenuOutlined,
  PhoneOutlined,
  SearchOutlined,
  SoundOutlined,
  StopOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { timeOfDay } from '@/lib/time'
import type { CallStep } from '@/lib/types'
import { Empty } from '@/ui/page-state'

const icons: Record<string, ReactNode> = {
  prompt: <SoundOutlined />,
  menu: <MenuOutlined />,
  input: <FormOutlined />,
  info: <InfoCircleOutlined />,
  hours: <ClockCircleOutlined />,
  schedule: <ClockCircleOutlined />,
  condition: <BranchesOutlined />,
  lookup: <SearchOutlined />,
  subflow: <ApartmentOutlined />,
  flow: <ApartmentOutlined />,
  last_agent: <CustomerServiceOutlined />,
  survey: <LikeOutlined />,
  notice: <BellOutlined />,
  caller: <FilterOutlined />,
  set: <CodeOutlined />,
  group: <TeamOutlined />,
  agent: <CustomerServiceOutlined />,
  external: <PhoneOutlined rotate={90} />,
  voicemail: <AudioOutlined />,
  hangup: <StopOutlined />,
}

/** Every step the caller took, drawn as a line of stops. */
export function Trail({ steps }: { steps: CallStep[] }) {
  const { t } = useTranslation()
  if (steps.length === 0) return <Empty title={t('trail.none')} text={t('trail.none_text')} />
  return (
    <ol className="trail">
      {steps.map((s, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever read, in order
        <li key={i} className={`trail-step trail-${s.kind}`}>
          <span className="trail-icon" aria-hidden="true">
            {icons[s.kind] ?? <CodeOutlined />}
          </span>
          <div className="trail-body">
            <div className="trail-title">
              <strong>{s.title || s.node}</strong>
              <span className="faint">
                {t(`trail.kind.${s.kind}` as never, { defaultValue: s.kind }) as string}
              </span>
              <time className="tabular faint">{timeOfDay(s.at)}</time>
            </div>
            {(s.input || s.detail) && (
              <div className="trail-line">
                {s.input && (
                  <span className="trail-keys" title={t('trail.pressed')}>
                    {[...s.input].map((c, n) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the characters of one text
                      <kbd key={n}>{c}</kbd>
                    ))}
                  </span>
                )}
                {s.detail && <span>{s.detail}</span>}
              </div>
            )}
            {s.exit && s.exit !== s.input && (
              <div className="trail-exit">
                → {t(`trail.exit.${s.exit}` as never, { defaultValue: s.exit }) as string}
              </div>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
