import { DeleteOutlined } from '@ant-design/icons'
import { App, Button, Form, type FormInstance } from 'antd'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { SideSheet, useShowError } from './side-sheet'

/** What a sheet edits: a row, a new one, or nothing (closed). */
export type Edited<View> = View | 'new' | undefined

interface Saving<Input> {
  mutate: (
    what: { id?: number; input: Input },
    on: { onSuccess: () => void; onError: (err: unknown) => void },
  ) => void
  isPending: boolean
}

interface Removing {
  mutate: (id: number, on: { onSuccess: () => void; onError: (err: unknown) => void }) => void
  isPending: boolean
}

/** The sheet in which an admin makes, changes and removes one row. */
export function EditSheet<
  View extends { id: number },
  Fields extends object,
  Input extends object = Fields,
>(props: {
  edited: Edited<View>
  title: (view: View | undefined) => string
  values: (view: View | undefined) => Partial<Fields>
  input?: (values: Fields) => Input
  save: Saving<Input>
  remove?: Removing
  removeText?: (view: View) => string
  width?: number
  onClose: () => void
  children: (form: FormInstance<Fields>, view: View | undefined) => ReactNode
}) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const showError = useShowError()
  const [form] = Form.useForm<Fields>()
  const { edited, values } = props
  const view = edited === 'new' ? undefined : edited
  const open = edited !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled when a sheet opens, not when the list is read again
  useEffect(() => {
    if (!open) return
    form.resetFields()
    form.setFieldsValue(values(view) as never)
  }, [form, view?.id, open])

  const save = async () => {
    const filled = (await form.validateFields().catch(() => undefined)) as Fields | undefined
    if (!filled) return
    props.save.mutate(
      { id: view?.id, input: props.input ? props.input(filled) : (filled as unknown as Input) },
      {
        onSuccess: () => {
          message.success(t('common.saved'))
          props.onClose()
        },
        onError: (err) => showError(err, form as FormInstance),
      },
    )
  }
  const remove = (row: View) =>
    modal.confirm({
      title: t('common.remove_title', { name: props.title(row) }),
      content: props.removeText?.(row),
      okText: t('common.remove'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () =>
        new Promise<void>((done) =>
          props.remove?.mutate(row.id, {
            onSuccess: () => {
              message.success(t('common.removed'))
              props.onClose()
              done()
            },
            onError: (err) => {
              showError(err)
              done()
            },
          }),
        ),
    })

  return (
    <SideSheet
      open={open}
      title={props.title(view)}
      width={props.width}
      onClose={props.onClose}
      onSave={save}
      saving={props.save.isPending}
      extra={
        view &&
        props.remove && (
          <Button danger type="text" icon={<DeleteOutlined />} onClick={() => remove(view)}>
            {t('common.remove')}
          </Button>
        )
      }
    >
      <Form form={form} layout="vertical" onFinish={save} preserve>
        {props.children(form, view)}
        <button type="submit" hidden />
      </Form>
    </SideSheet>
  )
}
