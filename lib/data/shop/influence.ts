import type { Rng } from '../../base/random';
import type { FriendLink } from './friends';

/** An item that is shown because a friend took it. */
export interface Suggestion {
  readonly itemId: string;
  readonly friendId: string;
}

/** What friends took so far, and what they would suggest. */
export interface Influence {
  /** Note that a user bought an item or made it a favourite. */
  took(userId: string, itemId: string, timeMs: number): void;
  /** What a friend took before `timeMs`; `null` where no friend took anything. */
  suggest(userId: string, timeMs: number, rng: Rng): Suggestion | null;
}

/** A friend suggests what they took last, up to so many takings back. */
const remembered = 10;

/**
 * Keep what friends bought or made a favourite, so that it can move others; calls come in order of the sessions' starts.
 *
 * A suggestion comes from one of the friends who took something before, each alike, and is one of the last ten
 * things that this friend took before, each alike.
 *
 * @source Bakshy, Rosenn, Marlow & Adamic, "The Role of Social Networks in Information Diffusion", 2012 (exposure to
 *   what friends share as a cause, beside being alike).
 */
export function createInfluence(links: readonly FriendLink[]): Influence {
  const friendsOf = new Map<string, string[]>();
  const befriend = (one: string, other: string): void => {
    const known = friendsOf.get(one);
    if (known) known.push(other);
    else friendsOf.set(one, [other]);
  };
  for (const { userId, friendId } of links) {
    befriend(userId, friendId);
    befriend(friendId, userId);
  }
  const taken = new Map<string, { itemId: string; timeMs: number }[]>();
  const lastBefore = (userId: string, timeMs: number): string[] => {
    const own = taken.get(userId) ?? [];
    const last: string[] = [];
    for (let at = own.length - 1; at >= 0 && last.length < remembered; at--) {
      if (own[at]!.timeMs < timeMs) last.push(own[at]!.itemId);
    }
    return last;
  };

  return {
    took(userId, itemId, timeMs) {
      const own = taken.get(userId);
      if (own) own.push({ itemId, timeMs });
      else taken.set(userId, [{ itemId, timeMs }]);
    },
    suggest(userId, timeMs, rng) {
      const givers = (friendsOf.get(userId) ?? []).filter((friend) => lastBefore(friend, timeMs).length > 0);
      if (givers.length === 0) return null;
      const friendId = givers[rng.integer(givers.length)]!;
      const last = lastBefore(friendId, timeMs);
      return { itemId: last[rng.integer(last.length)]!, friendId };
    },
  };
}
