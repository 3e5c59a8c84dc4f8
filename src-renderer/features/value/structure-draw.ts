import { covalentRadius, elementColor, type Rgb } from './elements.ts'
import { ballShare, turnedPoints, type Scene } from './structure-scene.ts'
import type { Turn } from './structure-turn.ts'

export interface StructureLook {
  readonly turn: Turn
  /** Beyond what fills the canvas: 1. */
  readonly zoom: number
  /** Balls that touch where atoms do. */
  readonly isFilled: boolean
  /** Colour of the cell's edges. */
  readonly ink: string
  /** The atom that is pointed at. */
  readonly chosen: number | undefined
}

const bondWidth = 0.22
const fillShare = 1
const margin = 0.94

/** Device pixels of an ångström. */
export function pixelsOf(scene: Scene, width: number, height: number, zoom: number): number {
  return (margin * zoom * Math.min(width, height)) / 2 / scene.radius
}

/** Draws atoms, bonds and the cell, the farthest first. */
export function drawStructure(pen: CanvasRenderingContext2D, scene: Scene, look: StructureLook): void {
  const { width, height } = pen.canvas
  const scale = pixelsOf(scene, width, height, look.zoom)
  const atoms = turnedPoints(scene.positions, look.turn)
  const edges = turnedPoints(scene.edges, look.turn)
  const bonds = look.isFilled ? new Uint32Array(0) : scene.bonds
  const count = scene.numbers.length
  const share = look.isFilled ? fillShare : ballShare
  const right = (x: number): number => width / 2 + scale * x
  const down = (y: number): number => height / 2 - scale * y
  pen.clearRect(0, 0, width, height)
  pen.lineCap = 'round'
  for (const part of backToFront(atoms, bonds, edges)) {
    if (part < count) {
      const radius = Math.max(1, share * covalentRadius(scene.numbers[part]!) * scale)
      const [x, y] = [right(atoms[3 * part]!), down(atoms[3 * part + 1]!)]
      if (!Number.isFinite(x + y)) continue
      pen.drawImage(ballOf(scene.numbers[part]!), x - radius, y - radius, 2 * radius, 2 * radius)
      if (part === look.chosen) ring(pen, x, y, radius, look.ink)
    } else if (part < count + bonds.length / 2) {
      const at = 2 * (part - count)
      const [a, b] = [bonds[at]!, bonds[at + 1]!]
      const [ax, ay, bx, by] = [
        right(atoms[3 * a]!),
        down(atoms[3 * a + 1]!),
        right(atoms[3 * b]!),
        down(atoms[3 * b + 1]!),
      ]
      const [mx, my] = [(ax + bx) / 2, (ay + by) / 2]
      pen.lineWidth = Math.max(1, bondWidth * scale)
      stroke(pen, ax, ay, mx, my, shaded(elementColor(scene.numbers[a]!)))
      stroke(pen, mx, my, bx, by, shaded(elementColor(scene.numbers[b]!)))
    } else {
      const at = 6 * (part - count - bonds.length / 2)
      pen.lineWidth = Math.max(1, height / 500)
      stroke(
        pen,
        right(edges[at]!),
        down(edges[at + 1]!),
        right(edges[at + 3]!),
        down(edges[at + 4]!),
        look.ink,
      )
    }
  }
}

function stroke(
  pen: CanvasRenderingContext2D,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  color: string,
): void {
  pen.strokeStyle = color
  pen.beginPath()
  pen.moveTo(ax, ay)
  pen.lineTo(bx, by)
  pen.stroke()
}

function ring(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void {
  pen.strokeStyle = color
  pen.lineWidth = 2
  pen.beginPath()
  pen.arc(x, y, radius + 2, 0, 2 * Math.PI)
  pen.stroke()
}

/** Atoms, then bonds, then pieces of edges, by number; the farthest from the viewer first. */
function backToFront(atoms: Float32Array, bonds: Uint32Array, edges: Float32Array): Uint32Array {
  const [atomCount, bondCount, edgeCount] = [atoms.length / 3, bonds.length / 2, edges.length / 6]
  const depths = new Float32Array(atomCount + bondCount + edgeCount)
  for (let i = 0; i < atomCount; i++) depths[i] = atoms[3 * i + 2]!
  for (let i = 0; i < bondCount; i++)
    depths[atomCount + i] = (atoms[3 * bonds[2 * i]! + 2]! + atoms[3 * bonds[2 * i + 1]! + 2]!) / 2
  for (let i = 0; i < edgeCount; i++)
    depths[atomCount + bondCount + i] = (edges[6 * i + 2]! + edges[6 * i + 5]!) / 2
  return Uint32Array.from(depths, (_, i) => i).toSorted((a, b) => depths[a]! - depths[b]!)
}

const ballPixels = 96
const balls = new Map<number, HTMLCanvasElement>()

/** A shaded ball of an element, drawn once. */
function ballOf(number: number): HTMLCanvasElement {
  const known = balls.get(number)
  if (known) return known
  const ball = document.createElement('canvas')
  ball.width = ball.height = ballPixels
  const pen = ball.getContext('2d')
  if (pen) {
    const middle = ballPixels / 2
    const color = elementColor(number)
    const light = pen.createRadialGradient(0.7 * middle, 0.62 * middle, 0.05 * middle, middle, middle, middle)
    light.addColorStop(0, mixed(color, 255, 0.75))
    light.addColorStop(0.35, mixed(color, 255, 0.12))
    light.addColorStop(0.8, mixed(color, 0, 0.28))
    light.addColorStop(1, mixed(color, 0, 0.6))
    pen.fillStyle = light
    pen.beginPath()
    pen.arc(middle, middle, middle - 1, 0, 2 * Math.PI)
    pen.fill()
  }
  balls.set(number, ball)
  return ball
}

function mixed(color: Rgb, other: number, share: number): string {
  return `rgb(${color.map((channel) => Math.round(channel + (other - channel) * share)).join(' ')})`
}

const shades = new Map<string, string>()

function shaded(color: Rgb): string {
  const name = color.join(' ')
  const known = shades.get(name) ?? mixed(color, 0, 0.22)
  shades.set(name, known)
  return known
}
