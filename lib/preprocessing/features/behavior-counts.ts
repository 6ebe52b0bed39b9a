import { behaviors as allBehaviors, type Behavior } from '../../data/event';
import type { EventColumns, Feature } from './feature';

/**
 * How often the user did each kind of thing before an event: one feature a behaviour.
 *
 * The event itself is not counted; the counts of an event plus its own behaviour are those of the next one.
 *
 * @param of which behaviours; default all, in the order of data/event
 */
export function behaviorCounts(
  { offsets, behaviors }: Pick<EventColumns, 'offsets' | 'behaviors'>,
  of: readonly Behavior[] = allBehaviors,
): Feature[] {
  const indices = of.map((behavior) => allBehaviors.indexOf(behavior));
  const columns = of.map(() => new Float32Array(behaviors.length));
  for (let user = 0; user + 1 < offsets.length; user++) {
    const counts = new Float64Array(allBehaviors.length);
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      for (const [place, index] of indices.entries()) columns[place]![event] = counts[index]!;
      counts[behaviors[event]!]! += 1;
    }
  }
  return columns.map((values, place) => ({
    name: `count-${of[place]!}`,
    unit: 'events',
    isCausal: true,
    values,
  }));
}
