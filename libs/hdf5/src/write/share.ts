/** Which of `children` belong to one of `nodes` parents when all get as many, give or take one. */
export function share(children: number, nodes: number, node: number): readonly [first: number, end: number] {
  return [Math.floor((children * node) / nodes), Math.floor((children * (node + 1)) / nodes)];
}
