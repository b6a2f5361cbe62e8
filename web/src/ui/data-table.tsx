import { Button, Skeleton, Table, type TableColumnsType } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from './page-state'
import './data-table.css'

export type Columns<T> = TableColumnsType<T>

interface Rows<T> {
  data: T[] | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
  hasNextPage?: boolean
  isFetchingNextPage?: boolean
  fetchNextPage?: () => unknown
}

/**
 * The list of every page: sticky head, whole rows open by mouse or Enter, more
 * rows on demand. The place in the list stays when more are read.
 */
export function DataTable<T extends object>(props: {
  label: string
  rows: Rows<T>
  columns: Columns<T>
  rowKey: keyof T & string
  empty: ReactNode
  onOpen?: (row: T) => void
  selected?: string | number
  /** Rows that are ticked, by key; with onChoose they can be. */
  chosen?: (string | number)[]
  onChoose?: (keys: (string | number)[]) => void
}) {
  const { rows } = props
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const drawn = (rows.data?.length ?? 0) > 0
  useEffect(() => {
    // A table that is wider than its box is scrolled by keys as well.
    if (drawn) box.current?.querySelector('.ant-table-body')?.setAttribute('tabindex', '0')
  }, [drawn])
  if (rows.data === undefined) {
    if (rows.isPending) return <TableSkeleton />
    return <Failed error={rows.error} retry={() => rows.refetch()} />
  }
  if (rows.data.length === 0) return <div className="data-table">{props.empty}</div>
  return (
    <div className="data-table" ref={box}>
      <Table<T>
        aria-label={props.label}
        size="middle"
        columns={props.columns}
        dataSource={rows.data}
        rowKey={props.rowKey}
        pagination={false}
        sticky
        rowSelection={
          props.onChoose && {
            selectedRowKeys: props.chosen,
            onChange: (keys) => props.onChoose?.(keys as (string | number)[]),
            // A tick is no opening of the row.
            onCell: () => ({ onClick: (e) => e.stopPropagation() }),
          }
        }
        scroll={{ x: 'max-content' }}
        rowClassName={(row) =>
          `${props.onOpen ? 'opens' : ''} ${row[props.rowKey] === props.selected ? 'selected' : ''}`
        }
        onRow={(row) =>
          props.onOpen
            ? {
                tabIndex: 0,
                onClick: () => props.onOpen?.(row),
                onKeyDown: (e) => {
                  if (e.key === 'Enter' && e.target === e.currentTarget) props.onOpen?.(row)
                },
              }
            : {}
        }
      />
      {rows.hasNextPage && (
        <div className="data-table-more">
          <Button
            type="text"
            loading={rows.isFetchingNextPage}
            onClick={() => rows.fetchNextPage?.()}
          >
            {t('page.more')}
          </Button>
        </div>
      )}
    </div>
  )
}

function TableSkeleton() {
  return (
    <div className="data-table data-table-skeleton" aria-busy="true">
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <Skeleton key={i} active title={false} paragraph={{ rows: 1, width: '100%' }} />
      ))}
    </div>
  )
}

/** Keeps a click on a control inside a row from opening the row. */
export function RowActions({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stops clicks, the controls are inside
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the controls inside
    <span className="row-actions" onClick={(e) => e.stopPropagation()}>
      {children}
    </span>
  )
}
