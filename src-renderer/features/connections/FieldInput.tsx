import { ActionIcon, NativeSelect, PasswordInput, TextInput, Tooltip } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import { useState } from 'react'
import type { FormField } from '../../../shared/model/store-form.ts'
import { useDesk } from '../../app/desk.ts'
import { FolderBrowser } from './FolderBrowser.tsx'
import classes from './OpenDialog.module.css'

export interface FieldInputProps {
  field: FormField
  value: string
  onValue: (value: string) => void
}

/** One field of a form, by its type. */
export function FieldInput({ field, value, onValue }: FieldInputProps) {
  const common = {
    label: field.label,
    required: field.required,
    withAsterisk: false,
    placeholder: field.placeholder,
    description: field.help,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as (
      | 'label'
      | 'input'
      | 'description'
      | 'error'
    )[],
    value,
    autoComplete: 'off',
    spellCheck: false,
  }
  if (field.type === 'path') return <PathInput {...common} onValue={onValue} />
  if (field.type === 'choice') {
    return (
      <NativeSelect
        label={field.label}
        description={field.help}
        size="xs"
        value={value === '' ? field.choices?.[0]?.value : value}
        data={field.choices?.map((choice) => ({ ...choice }))}
        onChange={(event) => onValue(event.currentTarget.value)}
        classNames={{ label: classes.label, description: classes.help }}
      />
    )
  }
  if (field.type === 'password') {
    return (
      <PasswordInput
        {...common}
        size="xs"
        onChange={(event) => onValue(event.currentTarget.value)}
        classNames={{ label: classes.label, description: classes.help }}
      />
    )
  }
  return (
    <TextInput
      {...common}
      inputMode={field.type === 'number' ? 'numeric' : undefined}
      onChange={(event) =>
        onValue(
          field.type === 'number'
            ? event.currentTarget.value.replaceAll(/\D/g, '')
            : event.currentTarget.value,
        )
      }
      classNames={{ label: classes.label, description: classes.help }}
    />
  )
}

type PathInputProps = Omit<React.ComponentProps<typeof TextInput>, 'value' | 'onChange' | 'label'> & {
  label: string
  value: string
  onValue: (value: string) => void
}

/** A path, typed, or found in the folders of the engine's machine, which unfold below it. */
function PathInput({ value, onValue, ...common }: PathInputProps) {
  const { app } = useDesk()
  const [isBrowsing, setIsBrowsing] = useState(false)
  return (
    <div className={common.required === true || isBrowsing ? classes.wide : undefined}>
      <TextInput
        {...common}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value)}
        classNames={{ input: classes.path, label: classes.label, description: classes.help }}
        rightSection={
          <Tooltip label={isBrowsing ? 'Hide the folders' : 'Look in the folders'}>
            <ActionIcon
              size={20}
              aria-label={`Look in the folders for: ${common.label}`}
              aria-expanded={isBrowsing}
              onClick={() => setIsBrowsing(!isBrowsing)}
            >
              <IconFolderOpen size={14} />
            </ActionIcon>
          </Tooltip>
        }
      />
      {isBrowsing ? (
        <div className={classes.browser}>
          <FolderBrowser path={value === '' ? app.homeFolder : value} onChoose={onValue} />
        </div>
      ) : null}
    </div>
  )
}
