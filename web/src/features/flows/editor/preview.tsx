import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { FlowCanvas } from './canvas'
import type { FlowDoc } from './doc'
import { arrange, placed } from './layout'
import { useReadWorld, WorldProvider } from './world'
import './editor.css'

/** A flow's drawing, for looking at. */
export function Preview({ document, label }: { document: unknown; label: string }) {
  const { world } = useReadWorld()
  const doc = document as FlowDoc | undefined
  const [places, setPlaces] = useState<Map<string, [number, number]>>()
  useEffect(() => {
    if (!world || !doc?.nodes) return
    let gone = false
    if (placed(doc)) setPlaces(new Map())
    else
      void arrange(doc, world.specs).then((p) => {
        if (!gone) setPlaces(p)
      })
    return () => {
      gone = true
    }
  }, [doc, world])
  if (!world || !doc?.nodes || !places) return null
  return (
    <WorldProvider value={world}>
      <ReactFlowProvider>
        <FlowCanvas
          doc={doc}
          places={places}
          label={label}
          readOnly
          minimap={false}
          onInit={(flow) => void flow.fitView({ padding: 0.08 })}
        />
      </ReactFlowProvider>
    </WorldProvider>
  )
}
