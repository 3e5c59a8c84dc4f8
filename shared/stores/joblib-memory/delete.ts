import { rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import type { WriteOutcome } from '../contract.ts'
import { failure } from '../disk.ts'
import { outputName } from './layout.ts'

/**
 * Deletes one call as joblib's `clear_item` does: its folder and nothing else. `output.pkl` goes first, so that
 * whatever happens then, the call is wholly there for joblib or not at all. What cannot be removed of the rest is a
 * stray. No link is followed.
 */
export function deleteCall(callFolder: string): WriteOutcome {
  try {
    unlinkSync(join(callFolder, outputName))
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined) throw error
    if (errno === 'ENOENT') return absent(callFolder)
    return failure(callFolder, error)
  }
  try {
    rmSync(callFolder, { recursive: true, force: true })
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
  return { done: true }
}

export function absent(callFolder: string): WriteOutcome {
  return { done: false, reason: 'ABSENT', sentence: `There is no call ${callFolder}.` }
}
