interface Props {
  label: string
  /** 0 … 1; null where no share is known, which is shown as such. */
  share: number | null
  text: string
}

export function Progress({ label, share, text }: Props) {
  const percent = share === null ? null : Math.floor(share * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuetext={text}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': percent })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken outline outline-line forced-colors:border"
    >
      <div
        className={percent === null ? 'h-full w-full stripes' : 'h-full bg-accent transition-[width] duration-200'}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  )
}
