/** Names in the order of people: "2" before "10", "unit_9" before "unit_11". The numbers in them count as numbers. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = index % 2 === 0 ? byText(left[index], right[index]) : byNumber(left[index], right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length || byText(a, b);
}

/** Text and digits in turn, text first. */
function parts(name: string): string[] {
  return name.split(/(\d+)/);
}

function byText(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byNumber(a = "", b = ""): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
