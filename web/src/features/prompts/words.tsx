import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import type { PromptView } from '@/lib/types'

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  if (bytes < 1 << 20) return `${Math.max(1, Math.round(bytes / 1024))} KB`
  return `${(bytes / (1 << 20)).toFixed(1)} MB`
}

/** Who names a prompt, with a way there. */
export function UsedBy({ uses }: { uses: PromptView['used_by'] }) {
  const { t } = useTranslation()
  const can = useCan()
  if (uses.length === 0) return <span className="prompt-muted">{t('prompt.unused')}</span>
  return (
    <>
      {uses.map((u, i) => (
        <Fragment key={`${u.kind}${u.id}`}>
          {i > 0 && '、'}
          {u.kind === 'flow' && (can('flows.read') || can('flows.manage')) ? (
            <Link
              to="/settings/flows/$id"
              params={{ id: String(u.id) }}
              onClick={(e) => e.stopPropagation()}
            >
              {u.name}
            </Link>
          ) : (
            u.name
          )}
        </Fragment>
      ))}
    </>
  )
}
