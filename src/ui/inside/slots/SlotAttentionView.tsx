/** Slot Attention round by round: how the masks of a scene's slots come about. */
import { useMemo, useState } from "react";

import type { Encoding } from "../../../engine/protocol";
import { insideScene, whyNotLook } from "../../../store/insideSelectors";
import type { Scene } from "../../../store/state";
import { useApp } from "../../common/StoreContext";
import { BitmapCanvas } from "../../scene/BitmapCanvas";
import { View } from "../../common/View";
import { countRounds, percent, roundFacts, roundMasks } from "../facts";
import styles from "../Inside.module.css";
import { Overlay } from "../Overlay";
import { Scrubber } from "../../common/Scrubber";
import { Faded, Tile, Weights } from "../Tile";

const mechanism =
  "The slots compete for the features of the picture: a feature spreads its attention over the slots, and each slot moves towards the mean of what it won. " +
  "A few rounds of this turn equal beginnings into masks that part the picture, without anyone having said what an object is.";

function Formula() {
  return (
    <>
      <i>a</i> = softmax<sub>k</sub>( <i>k</i>(<i>x</i>) · <i>q</i>(<i>s</i>) / √<i>D</i> ),{"  "}
      <i>s</i>
      <sub>k</sub> ← GRU( Σ<sub>n</sub> <i>w</i>
      <sub>nk</sub> <i>v</i>(<i>x</i>
      <sub>n</sub>), <i>s</i>
      <sub>k</sub> ),{"  "}
      <i>w</i>
      <sub>nk</sub> = <i>a</i>
      <sub>nk</sub> / Σ<sub>m</sub> <i>a</i>
      <sub>mk</sub>
    </>
  );
}

const spoken =
  "Attention a is the softmax over slots k of key of x times query of s over root D; each slot goes through a GRU with the mean of the values, weighted by its attention normalised over the features.";

/** What the round did, in a sentence. */
function roundText(result: Encoding, round: number, numRounds: number): string {
  if (round === 0)
    return `Before round 1: ${result.numSlots} slots have begun, and none has looked at the picture.`;
  const area = result.attnSize[0] * result.attnSize[1];
  const { strongest, changed } = roundFacts(result.attn, result.numSlots, area, round);
  const held = `Round ${round} of ${numRounds}: the strongest slot holds ${percent(strongest)} of a feature on average`;
  return changed === null
    ? `${held}.`
    : `${held}; ${percent(changed)} of the features changed their strongest slot.`;
}

function Rounds({ scene, result }: { scene: Scene; result: Encoding }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const { attn, attnSize, numSlots } = result;
  const area = attnSize[0] * attnSize[1];
  const numRounds = countRounds(attn, numSlots, area);
  const round = Math.min(chosen ?? numRounds, numRounds);
  const colors = useMemo(() => Array.from({ length: numSlots }, (_, k) => k), [numSlots]);
  const masks = useMemo(
    () => (round === 0 ? null : roundMasks(attn, numSlots, area, round)),
    [attn, numSlots, area, round],
  );
  const bitmap = scene.encoding.status === "ready" ? scene.encoding.display : null;
  const base = bitmap && <BitmapCanvas bitmap={bitmap} />;
  const words = roundText(result, round, numRounds);
  return (
    <>
      <Scrubber
        name="Round of Slot Attention"
        {...{ value: round, min: 0, max: numRounds, words }}
        onChange={setChosen}
      />
      <div className={styles.pair}>
        <Tile name="All slots" note="the strongest of each pixel" testId="round-masks">
          {base}
          {masks && (
            <Overlay
              {...{ masks, colors }}
              size={attnSize}
              label={`Masks of scene ${scene.letter} after round ${round}`}
              testId="round-overlay"
            />
          )}
        </Tile>
        <div className={styles.tiles}>
          {colors.map((k) => (
            <Tile key={k} name={`Slot ${k + 1}`} color={k} testId={`round-slot-${k}`}>
              <Faded>{base}</Faded>
              {masks && (
                <Weights
                  weights={masks.subarray(k * area, (k + 1) * area)}
                  size={attnSize}
                  color={k}
                  label={`Attention of slot ${k + 1} in round ${round}`}
                />
              )}
            </Tile>
          ))}
        </div>
      </div>
    </>
  );
}

export function SlotAttentionView() {
  const scene = useApp(insideScene);
  const reason = useApp(whyNotLook);
  return (
    <View
      title="Slot Attention"
      mechanism={mechanism}
      formula={<Formula />}
      spoken={spoken}
      section="section 3: Slot Attention"
      testId="view-slots"
    >
      {scene?.encoding.status === "ready" ? (
        <Rounds scene={scene} result={scene.encoding.result} />
      ) : (
        <p className={styles.reason}>{reason}</p>
      )}
    </View>
  );
}
