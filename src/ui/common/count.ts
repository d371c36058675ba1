/** Numbers of things, with the thing's name. */

/** @param many - where it is not `one` + "s" */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
