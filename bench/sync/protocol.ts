/** What the worker is told. */
export type Command =
  | { readonly kind: 'event'; readonly event: { readonly id: string; readonly data: object } }
  | { readonly kind: 'stop' };

/** What the worker says. */
export type Message =
  /** The heap is that which is left when what nobody needs any more was collected. */
  | { readonly kind: 'sample'; readonly done: number; readonly rssMb: number; readonly heapMb: number }
  | { readonly kind: 'stored'; readonly event: string }
  | { readonly kind: 'ended'; readonly done: number; readonly status: string };
