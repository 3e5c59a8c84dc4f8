/** As a ref: focuses what has just appeared. It is one function, so that later renders leave the focus where it is. */
export function takeFocus(appeared: HTMLElement | null): void {
  appeared?.focus()
}
