/** A scene's picture and the one drawn from its slots in one square, either side of a divider. */
import { Handle, HandleRoot, Item, Provider, Root } from "react-compare-slider/components";
import { useReactCompareSlider } from "react-compare-slider/hooks";

import type { Pixels } from "../../engine/protocol";
import { PixelsCanvas } from "../common/Canvas";
import styles from "./CompareSlider.module.css";

/** Per cent that an arrow key moves the divider. */
const keyStep = "5%";

type CompareSliderProps = { before: Pixels; after: Pixels; letter: string };

export function CompareSlider({ before, after, letter }: CompareSliderProps) {
  const slider = useReactCompareSlider({ keyboardIncrement: keyStep });
  return (
    <Provider {...slider}>
      <Root className={styles.slider} data-testid={`compare-${letter}`}>
        <Item item="itemOne">
          <PixelsCanvas
            pixels={before}
            className={styles.picture}
            role="img"
            aria-label={`Picture of scene ${letter}, as the model takes it`}
          />
        </Item>
        <Item item="itemTwo">
          <PixelsCanvas
            pixels={after}
            className={styles.picture}
            data-testid={`output-${letter}`}
            role="img"
            aria-label={`Picture drawn from the slots of scene ${letter}`}
          />
        </Item>
        <HandleRoot
          className={styles.handle}
          aria-label={`Divider between the image and the drawn picture of scene ${letter}`}
        >
          <Handle className={styles.grip} buttonStyle={{ width: 36, height: 36, gap: 4 }} />
        </HandleRoot>
      </Root>
      <span className={styles.left} aria-hidden="true">
        Image
      </span>
      <span className={styles.right} aria-hidden="true">
        From slots
      </span>
    </Provider>
  );
}
