import { inverse, Matrix } from 'ml-matrix';

/**
 * Coefficients of a logistic regression and their standard errors, by Newton's method.
 *
 * Standard errors are those of the inverse information matrix.
 */
export function logisticRegression(
  rows: readonly (readonly number[])[],
  outcomes: readonly boolean[],
): { coefficients: number[]; errors: number[] } {
  const size = rows[0]!.length;
  let coefficients = new Array<number>(size).fill(0);
  for (let step = 0; ; step++) {
    const gradient = new Array<number>(size).fill(0);
    const information = Matrix.zeros(size, size);
    rows.forEach((row, at) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, x, i) => sum + x * coefficients[i]!, 0)));
      for (let i = 0; i < size; i++) {
        gradient[i]! += row[i]! * (Number(outcomes[at]) - p);
        for (let j = 0; j <= i; j++) {
          const value = information.get(i, j) + row[i]! * row[j]! * p * (1 - p);
          information.set(i, j, value).set(j, i, value);
        }
      }
    });
    const covariance = inverse(information);
    const move = covariance.mmul(Matrix.columnVector(gradient)).to1DArray();
    coefficients = coefficients.map((value, i) => value + move[i]!);
    if (Math.max(...move.map(Math.abs)) < 1e-9 || step === 30) {
      return { coefficients, errors: covariance.diagonal().map(Math.sqrt) };
    }
  }
}
