import { ipcRenderer } from 'electron'
import {
  UNLOCK_CHANNELS,
  type UnlockAnswer,
  type UnlockMethod,
  type UnlockRequest,
} from '#shared/preload-api.ts'

/**
 * The whole behaviour of the page that asks for a key. It runs apart from the page, which has no script, and
 * exposes nothing to it.
 */

function element<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E
}

function show(id: string, text: string | undefined): void {
  element(id).hidden = text === undefined
  element(id).textContent = text ?? ''
}

let request: UnlockRequest | undefined

function draw(next: UnlockRequest): void {
  request = next
  const offers = (method: UnlockMethod): boolean => next.methods.includes(method)
  element('title').textContent = next.creating ? 'Choose how your workspace is locked' : 'Open your workspace'
  element('lead').textContent = next.creating
    ? 'The data on this machine is encrypted. Choose what opens it.'
    : 'The data on this machine is encrypted.'
  show('keychain-note', next.keychainNote)
  show('problem', next.problem)
  element('passphrase-form').hidden = !offers('passphrase')
  element('again-row').hidden = !next.creating
  element<HTMLInputElement>('again').required = next.creating
  element<HTMLInputElement>('passphrase').minLength = next.creating ? 12 : 1
  element('passphrase-button').textContent = next.creating ? 'Use this passphrase' : 'Open'
  element('recovery-form').hidden = !offers('recovery')
  show('keychain-button', offers('keychain') ? 'Use the keychain of this account' : undefined)
  show('key-file-button', offers('key-file') ? keyFileWords(next.creating) : undefined)
  element('key-file-hint').hidden = !(offers('key-file') && next.creating)
  setBusy(false)
  if (offers('passphrase')) element('passphrase').focus()
}

function keyFileWords(creating: boolean): string {
  return creating ? 'Use a key file instead' : 'Choose a key file…'
}

function setBusy(isBusy: boolean): void {
  for (const button of document.querySelectorAll('button')) button.disabled = isBusy
}

async function submit(answer: UnlockAnswer): Promise<void> {
  setBusy(true)
  draw((await ipcRenderer.invoke(UNLOCK_CHANNELS.submit, answer)) as UnlockRequest)
}

window.addEventListener('DOMContentLoaded', () => {
  const passphrase = element<HTMLInputElement>('passphrase')
  const again = element<HTMLInputElement>('again')
  const recovery = element<HTMLInputElement>('recovery')
  element('passphrase-form').addEventListener('submit', event => {
    event.preventDefault()
    if (request?.creating && passphrase.value !== again.value) {
      show('problem', 'The two passphrases are not the same.')
      return
    }
    const answer: UnlockAnswer = { kind: 'passphrase', passphrase: passphrase.value }
    passphrase.value = ''
    again.value = ''
    void submit(answer)
  })
  element('recovery-form').addEventListener('submit', event => {
    event.preventDefault()
    const answer: UnlockAnswer = { kind: 'recovery', recoveryKey: recovery.value }
    recovery.value = ''
    void submit(answer)
  })
  element('keychain-button').addEventListener('click', () => void submit({ kind: 'keychain' }))
  element('key-file-button').addEventListener('click', () => void submit({ kind: 'key-file' }))
  element('quit-button').addEventListener('click', () => void submit({ kind: 'quit' }))
  void ipcRenderer.invoke(UNLOCK_CHANNELS.describe, null).then(next => draw(next as UnlockRequest))
})
