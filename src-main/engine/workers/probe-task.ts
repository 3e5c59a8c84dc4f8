/** Looks at a location: file systems may be slow, and what is sampled there large. */
export type ProbeTask =
  | { readonly ask: 'open'; readonly location: string; readonly kind?: string }
  | { readonly ask: 'detect'; readonly location: string }
