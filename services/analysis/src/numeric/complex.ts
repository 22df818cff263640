/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export function add(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function subtract(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function multiply(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function divide(a: Complex, b: Complex): Complex {
  const square = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / square, im: (a.im * b.re - a.re * b.im) / square };
}

/** The root with a real part that is not negative. */
export function squareRoot({ re, im }: Complex): Complex {
  const size = Math.hypot(re, im);
  const imaginary = Math.sqrt(Math.max(0, (size - re) / 2));
  return { re: Math.sqrt(Math.max(0, (size + re) / 2)), im: im < 0 ? -imaginary : imaginary };
}

export function magnitude({ re, im }: Complex): number {
  return Math.hypot(re, im);
}

export function real(re: number): Complex {
  return { re, im: 0 };
}
