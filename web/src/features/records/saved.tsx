import { DeleteOutlined, SaveOutlined, TeamOutlined } from '@ant-design/icons'
import { App, Button, Checkbox, Input, Popover, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShowError } from '@/ui/side-sheet'
import { useRemoveSearch, useSaveSearch, useSearches } from './data'
import { type RecordSearch, readRecords } from './search'

/** Searches under a name: to choose one, to keep this one, to remove an own one. */
export function Saved(props: { search: RecordSearch; onChoose: (s: RecordSearch) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const searches = useSearches()
  const save = useSaveSearch()
  const remove = useRemoveSearch()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const keep = () =>
    name.trim() &&
    save.mutate(
      { name: name.trim(), shared, query: props.search },
      {
        onSuccess: () => {
          message.success(t('common.saved'))
          setOpen(false)
          setName('')
          setShared(false)
        },
        onError: (e) => showError(e),
      },
    )
  return (
    <>
      <Select
        className="saved-searches"
        value={null}
        placeholder={t('records.saved')}
        aria-label={t('records.saved')}
        notFoundContent={t('records.none_saved')}
        popupMatchSelectWidth={280}
        options={searches.data?.map((s) => ({ value: s.id, label: s.name, search: s }))}
        optionRender={({ data }) => {
          const s = (data as unknown as { search: NonNullable<typeof searches.data>[number] })
            .search
          return (
            <span className="saved-search">
              <span>{s.name}</span>
              {s.shared && (
                <small className="faint">
                  <TeamOutlined /> {s.own ? t('records.shared') : s.by}
                </small>
              )}
              {s.own && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t('records.remove_saved', { name: s.name })}
                  onClick={(e) => {
                    e.stopPropagation()
                    remove.mutate(s.id, { onError: (err) => showError(err) })
                  }}
                >
                  <DeleteOutlined />
                </button>
              )}
            </span>
          )
        }}
        onChange={(id: number | null) => {
          const s = searches.data?.find((x) => x.id === id)
          if (s) props.onChoose(readRecords(s.query))
        }}
      />
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        destroyOnHidden
        content={
          <div className="save-search">
            <Input
              autoFocus
              value={name}
              maxLength={60}
              placeholder={t('records.search_name')}
              aria-label={t('records.search_name')}
              onChange={(e) => setName(e.target.value)}
              onPressEnter={keep}
            />
            <Checkbox checked={shared} onChange={(e) => setShared(e.target.checked)}>
              {t('records.share')}
            </Checkbox>
            <Button type="primary" disabled={!name.trim()} loading={save.isPending} onClick={keep}>
              {t('common.save')}
            </Button>
          </div>
        }
      >
        <Button icon={<SaveOutlined />}>{t('records.save_search')}</Button>
      </Popover>
    </>
  )
}
