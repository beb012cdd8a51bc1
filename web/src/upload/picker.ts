/** The browser's own dialog for files, where it also gives permission to read them again later. */
import type { FileHandle } from './record.ts'
import type { Chosen } from './task.ts'

type Picker = (options: {
  multiple: boolean
  types: { accept: { [type: string]: string[] } }[]
}) => Promise<FileHandle[]>

const TYPES = {
  'video/*': ['.mp4', '.mov', '.m4v', '.mkv', '.webm', '.avi', '.wmv', '.mpg', '.ts', '.mts'],
  'audio/*': ['.mp3', '.m4a', '.wav', '.flac', '.ogg', '.opus', '.aac', '.wma'],
}

export const canPick = (): boolean => 'showOpenFilePicker' in globalThis

/** Nothing when people close the dialog, or close none because the browser would not open it. */
export async function pick(multiple = true): Promise<Chosen[]> {
  try {
    const { showOpenFilePicker } = globalThis as unknown as { showOpenFilePicker: Picker }
    const handles = await showOpenFilePicker({ multiple, types: [{ accept: TYPES }] })
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })))
  } catch (fault) {
    if (fault instanceof DOMException) return []
    throw fault
  }
}
