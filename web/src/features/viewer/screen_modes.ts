/** Full screen and picture in picture, where there are such. */

type Phone = HTMLVideoElement & { webkitEnterFullscreen?: () => void }

/** In and out. The whole player, so that its own controls stay; on iPhones the video alone, which is all they can. */
export async function fullScreen(frame: HTMLElement | null): Promise<void> {
  const asked = (frame as Partial<Pick<HTMLElement, 'requestFullscreen'>> | null)?.requestFullscreen
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (frame && asked) await asked.call(frame)
    else (frame?.querySelector('video') as Phone | null)?.webkitEnterFullscreen?.()
  } catch {
    // Refused by the browser or its owner; the picture stays as large as it is.
  }
}

export const canFloat = (): boolean =>
  (document as Partial<Pick<Document, 'pictureInPictureEnabled'>>).pictureInPictureEnabled === true

export async function float(frame: HTMLElement | null): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await frame?.querySelector('video')?.requestPictureInPicture()
  } catch {
    // As above.
  }
}
