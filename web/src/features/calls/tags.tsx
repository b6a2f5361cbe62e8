import { CloseOutlined, TagOutlined } from '@ant-design/icons'
import { TreeSelect } from 'antd'
import { useTranslation } from 'react-i18next'
import { choosable, treeOf, useLabels } from '@/features/labels/data'
import { useCan } from '@/features/session/session'
import type { CallTag } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { useDeed, useWork } from './data'

/** The tags of a call, to give and to take off. */
export function TagEditor({ id }: { id: string }) {
  const { t } = useTranslation()
  const can = useCan()
  const work = useWork(id)
  const tags = work.data?.tags ?? []
  return (
    <section className="tag-editor" aria-label={t('call.tags')}>
      <TagField id={id} kind="call" tags={tags} may />
      <TagField id={id} kind="quality" tags={tags} may={can('calls.quality')} />
    </section>
  )
}

/** The tags of one kind. */
export function TagField(props: {
  id: string
  kind: 'call' | 'quality'
  tags: CallTag[]
  may: boolean
}) {
  const { t } = useTranslation()
  const labels = useLabels()
  const deed = useDeed(props.id)
  const showError = useShowError()
  const own = props.tags.filter((x) => x.kind === props.kind)
  const tree = choosable(treeOf(labels.data ?? [], props.kind))
  const word = t(`label.kind.${props.kind}`)
  if (!props.may && own.length === 0) return null
  return (
    <div className="tag-field">
      <span className="faint">{word}</span>
      {own.map((x) => (
        <TagChip
          key={x.id}
          tag={x}
          onRemove={
            props.may
              ? () => deed.mutate({ do: 'untag', label: x.id }, { onError: (e) => showError(e) })
              : undefined
          }
        />
      ))}
      {props.may && (
        <TreeSelect
          size="small"
          className="tag-add"
          value={null}
          treeDefaultExpandAll
          showSearch={{ treeNodeFilterProp: 'title' }}
          popupMatchSelectWidth={260}
          aria-label={t('call.tag_add', { kind: word })}
          placeholder={t('call.tag_choose')}
          notFoundContent={t('call.tag_none')}
          treeData={tree}
          onChange={(label: number | null) =>
            label && deed.mutate({ do: 'tag', label }, { onError: (e) => showError(e) })
          }
        />
      )}
    </div>
  )
}

export function TagChip({ tag, onRemove }: { tag: CallTag; onRemove?: () => void }) {
  const { t } = useTranslation()
  return (
    <span className={`tag ${tag.kind === 'quality' ? 'tag-info' : 'tag-accent'}`}>
      <TagOutlined /> {tag.name}
      {onRemove && (
        <button
          type="button"
          className="tag-remove"
          aria-label={t('call.tag_remove', { name: tag.name })}
          onClick={onRemove}
        >
          <CloseOutlined />
        </button>
      )}
    </span>
  )
}
