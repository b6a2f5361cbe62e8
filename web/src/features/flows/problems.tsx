import { CheckCircleOutlined, CloseCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/lib/types'

/** What is wrong with a flow, line by line, as in an editor; a click goes to the line. */
export function Problems({
  problems,
  refused,
  onJump,
}: {
  problems: Problem[]
  refused?: boolean
  onJump: (line: number) => void
}) {
  const { t } = useTranslation()
  const errors = problems.filter((p) => !p.warning).length
  if (problems.length === 0) {
    return (
      <p className="problems-none" role="status">
        <CheckCircleOutlined /> {t('flow.no_problems')}
      </p>
    )
  }
  return (
    <section className="problems" aria-label={t('flow.problems')} role="alert">
      <h3>
        {errors > 0
          ? t(refused ? 'flow.refused' : 'flow.found', { n: errors })
          : t('flow.only_warnings', { n: problems.length })}
      </h3>
      <ul>
        {problems.map((p) => (
          <li key={`${p.line}:${p.column}:${p.what}`}>
            <button type="button" onClick={() => onJump(p.line)}>
              {p.warning ? (
                <WarningOutlined className="warn" />
              ) : (
                <CloseCircleOutlined className="bad" />
              )}
              <span className="problem-place tabular">
                {p.file ? `${p.file}:` : ''}
                {p.line > 0 ? `${p.line}:${p.column}` : t('flow.whole')}
              </span>
              <span className="problem-what">
                {p.node && <code>{p.node}</code>} {p.what}
                {p.do && <small>{p.do}</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
