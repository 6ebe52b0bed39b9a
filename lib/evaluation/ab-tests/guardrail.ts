import { tCdf, tQuantile } from '../distributions';

/** A difference as tests report it; without degrees of freedom it is taken as normal. */
export interface MeasuredDifference {
  /** Second minus first. */
  readonly difference: number;
  readonly standardError: number;
  readonly degreesOfFreedom?: number;
}

export interface GuardrailOptions {
  /** The harm that one would put up with, above 0, in the unit of the metric. */
  readonly margin: number;
  /** Which way is harm: `down` for revenue, `up` for complaints or waiting time. */
  readonly harm: 'down' | 'up';
  /** Default .05. */
  readonly alpha?: number;
}

export interface Guardrail {
  /** Whether harm beyond the margin is ruled out. `false` says that it is not, not that there is harm. */
  readonly holds: boolean;
  /** One-sided: of the claim that the harm is at least the margin. */
  readonly p: number;
  /** The most harm that the data leave room for; below 0 it is a gain. */
  readonly mostHarm: number;
}

/**
 * Ask whether a change does no harm beyond a margin: a test of non-inferiority.
 *
 * "No significant harm" proves nothing, since with few cases nothing is significant. Here the harm is the null hypothesis, and the data
 * must rule it out. A launch takes all guardrails together, so no correction for their number is needed.
 *
 * @throws RangeError when the margin or the standard error is not above 0, or alpha not between 0 and 1
 * @source Blackwelder, "Proving the Null Hypothesis in Clinical Trials", Controlled Clinical Trials 3(4), 1982; as guardrails: Kohavi,
 *   Tang & Xu, "Trustworthy Online Controlled Experiments", 2020.
 */
export function guardrail(
  { difference, standardError, degreesOfFreedom = Infinity }: MeasuredDifference,
  { margin, harm, alpha = 0.05 }: GuardrailOptions,
): Guardrail {
  if (!(margin > 0)) throw new RangeError(`guardrail: the margin must be above 0, got ${margin}`);
  if (!(standardError > 0))
    throw new RangeError(`guardrail: the standard error must be above 0, got ${standardError}`);
  const ofHarm = harm === 'down' ? -difference : difference;
  const p = tCdf((ofHarm - margin) / standardError, degreesOfFreedom);
  return {
    holds: p < alpha,
    p,
    mostHarm: ofHarm + tQuantile(1 - alpha, degreesOfFreedom) * standardError,
  };
}
