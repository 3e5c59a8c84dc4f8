/** How a structure is turned: a unit quaternion. */
export type Turn = readonly [w: number, x: number, y: number, z: number]
type Vector = readonly [x: number, y: number, z: number]

/** Along the third axis, a little from above and from the side: depth is seen at once. */
export const startTurn: Turn = normalized(
  multiplied(about([1, 0, 0], -1.25), multiplied(about([0, 0, 1], -0.35), [1, 0, 0, 0])),
)

/** Looks at the structure along one of its axes. */
export const axisTurns: Readonly<Record<'x' | 'y' | 'z', Turn>> = {
  x: normalized(multiplied(about([1, 0, 0], -Math.PI / 2), about([0, 0, 1], -Math.PI / 2))),
  y: normalized(multiplied(about([1, 0, 0], -Math.PI / 2), about([0, 0, 1], Math.PI))),
  z: [1, 0, 0, 0],
}

function about([x, y, z]: Vector, angle: number): Turn {
  const sine = Math.sin(angle / 2)
  return [Math.cos(angle / 2), x * sine, y * sine, z * sine]
}

function multiplied([aw, ax, ay, az]: Turn, [bw, bx, by, bz]: Turn): Turn {
  return [
    aw * bw - ax * bx - ay * by - az * bz,
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
  ]
}

function normalized([w, x, y, z]: Turn): Turn {
  const length = Math.hypot(w, x, y, z)
  return [w / length, x / length, y / length, z / length]
}

/** Turned on, as the viewer sees it: to the right by `yaw`, down by `pitch`, clockwise by `roll`, in radians. */
export function turned(turn: Turn, yaw: number, pitch: number, roll = 0): Turn {
  const step = multiplied(about([0, 1, 0], yaw), multiplied(about([1, 0, 0], pitch), about([0, 0, 1], -roll)))
  return normalized(multiplied(step, turn))
}

/** Rows of the matrix that takes a structure's x, y, z to right, up and towards the viewer. */
export function matrixOf([w, x, y, z]: Turn): readonly number[] {
  const right = [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)]
  const up = [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)]
  const near = [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]
  return [...right, ...up, ...near]
}

const digits = 1000

/** For the address. */
export function turnText(turn: Turn): string {
  return turn.map((part) => Math.round(part * digits)).join('_')
}

export function parseTurn(text: string | undefined): Turn | undefined {
  const parts = /^(-?\d{1,4})_(-?\d{1,4})_(-?\d{1,4})_(-?\d{1,4})$/
    .exec(text ?? '')
    ?.slice(1)
    .map(Number)
  const [w = 0, x = 0, y = 0, z = 0] = parts ?? []
  return Math.hypot(w, x, y, z) > digits / 2 ? normalized([w, x, y, z]) : undefined
}
