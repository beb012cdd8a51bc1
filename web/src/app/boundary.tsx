import { Component, type ReactNode } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { copyText } from '@/ui/clipboard.ts'

/** A part of the page that broke says so; the rest, and every upload, goes on. */
export class Boundary extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null }

  static getDerivedStateFromError(fault: unknown): { fault: Error } {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) }
  }

  override render(): ReactNode {
    return this.state.fault ? <Stopped fault={this.state.fault} /> : this.props.children
  }
}

function Stopped({ fault }: { fault: Error }) {
  const { app } = useText()
  return (
    <div role="alert" className="mx-auto max-w-[45rem] p-6">
      <p>{app.crashed}</p>
      <p className="mt-4 flex gap-2">
        <Button kind="primary" onClick={() => location.reload()}>
          {app.reload}
        </Button>
        <Button onClick={() => void copyText(fault.stack ?? fault.message)}>{app.copyDetails}</Button>
      </p>
    </div>
  )
}
