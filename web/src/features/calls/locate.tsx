import { AimOutlined, DisconnectOutlined } from '@ant-design/icons'
import { Button, Empty, Popover, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupNumber } from '@/lib/phone-number'
import { useShowError } from '@/ui/side-sheet'
import { useCustomers, useDeed } from './data'

/** Says which customer a call is of (定位客户), or takes that back. */
export function Locate({ id, known }: { id: string; known: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const found = useCustomers(text)
  const deed = useDeed(id)
  const showError = useShowError()
  const locate = (customer: number) =>
    deed.mutate(
      { do: 'locate', customer },
      { onSuccess: () => setOpen(false), onError: (e) => showError(e) },
    )
  return (
    <span className="locate">
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        destroyOnHidden
        content={
          <Select
            autoFocus
            className="locate-field"
            showSearch={{ filterOption: false, onSearch: setText }}
            aria-label={t('customer.find')}
            placeholder={t('customer.find')}
            loading={found.isFetching}
            notFoundContent={
              text ? <Empty image={null} description={t('customer.none_found')} /> : null
            }
            options={found.data?.map((c) => ({
              value: c.id,
              label: [c.name, c.company, groupNumber(c.phones[0] ?? '')]
                .filter(Boolean)
                .join(' · '),
            }))}
            onChange={locate}
          />
        }
      >
        <Button size="small" icon={<AimOutlined />}>
          {t(known ? 'customer.relocate' : 'customer.locate')}
        </Button>
      </Popover>
      {known && (
        <Button
          size="small"
          type="text"
          icon={<DisconnectOutlined />}
          loading={deed.isPending}
          onClick={() => locate(0)}
        >
          {t('customer.unlink')}
        </Button>
      )}
    </span>
  )
}
