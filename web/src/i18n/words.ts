/** The shape of a language: the same functions, any words. */
export type Words<T> = T extends string
  ? string
  : T extends (...given: infer A) => string
    ? (...given: A) => string
    : { [K in keyof T]: Words<T[K]> }
