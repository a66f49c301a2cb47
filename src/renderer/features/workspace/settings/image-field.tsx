import { FileInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IMAGE_CHARACTERS } from '#shared/settings-kinds.ts'

/** A picture from a file, as a data address. */
export function ImageField({
  label,
  onAddress,
}: {
  readonly label: string
  readonly onAddress: (address: string) => void
}) {
  const { t } = useTranslation()
  const [file, setFile] = useState<File | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const choose = async (chosen: File | null) => {
    setFile(chosen)
    setProblem(null)
    onAddress('')
    if (!chosen) return
    if (chosen.type !== 'image/png' && chosen.type !== 'image/jpeg') {
      setProblem(t('workspace.settings.imageOther'))
      return
    }
    const address = await addressOf(chosen)
    if (address.length > IMAGE_CHARACTERS) setProblem(t('workspace.settings.imageTooLarge'))
    else onAddress(address)
  }
  return (
    <FileInput
      label={label}
      description={t('workspace.settings.image')}
      placeholder={t('workspace.settings.imageChoose')}
      accept="image/png,image/jpeg"
      clearable
      data-autofocus
      value={file}
      error={problem}
      onChange={chosen => void choose(chosen)}
    />
  )
}

function addressOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'))
    reader.readAsDataURL(file)
  })
}
