/** Where the tour's card goes: beside its target where there is room, never over the window's edge. */

export type Size = { width: number; height: number };
export type Box = Size & { left: number; top: number };
export type Place = { left: number; top: number };

/** Pixels between card and target, and to the window's edge. */
const gap = 14;
const edge = 8;

const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));

/** Places in order of preference: above (what the visitor does next lies below a picture), below, right, left. */
function candidates(target: Box, card: Size): Place[] {
  const left = target.left + (target.width - card.width) / 2;
  const top = target.top + (target.height - card.height) / 2;
  return [
    { left, top: target.top - gap - card.height },
    { left, top: target.top + target.height + gap },
    { left: target.left + target.width + gap, top },
    { left: target.left - gap - card.width, top },
  ];
}

const overlaps = (place: Place, card: Size, target: Box): boolean =>
  place.left < target.left + target.width &&
  place.left + card.width > target.left &&
  place.top < target.top + target.height &&
  place.top + card.height > target.top;

/**
 * The card's place in the window.
 * @param target - null where there is none
 * @param room - the window, less what is fixed at its bottom
 */
export function placeCard(target: Box | null, card: Size, room: Size): Place {
  const inside = ({ left, top }: Place): Place => ({
    left: Math.round(clamp(left, edge, room.width - edge - card.width)),
    top: Math.round(clamp(top, edge, room.height - edge - card.height)),
  });
  const bottom = inside({ left: (room.width - card.width) / 2, top: room.height });
  if (!target) return bottom;
  const free = candidates(target, card).map(inside);
  return free.find((place) => !overlaps(place, card, target)) ?? bottom;
}
