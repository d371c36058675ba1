/** The top of the page: what it is, which model runs, and where. */
import { Link, Monitor, Moon, Sun } from "lucide-react";

import type { AppState, Theme } from "../../store/state";
import type { PageName } from "../../store/trainingState";
import { Button, IconButton } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import { CommandButton } from "../palette/CommandButton";
import { TourButton } from "../tour/TourButton";
import { DeviceBadge } from "./DeviceBadge";
import styles from "./Header.module.css";
import { ModelPicker } from "./ModelPicker";
import { ModelStatus } from "./ModelStatus";
import { PageTabs } from "./PageTabs";

const themes: readonly Theme[] = ["system", "light", "dark"];
const themeIcons = { system: Monitor, light: Sun, dark: Moon };

function ThemeToggle() {
  const theme = useApp((state) => state.theme);
  const actions = useActions();
  const Icon = themeIcons[theme];
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  return (
    <IconButton label={`Theme: ${theme}. Switch to ${next}`} onClick={() => actions.setTheme(next)}>
      <Icon size={18} aria-hidden="true" />
    </IconButton>
  );
}

const selectLink = ({ link }: AppState) => link;

/** Copies the experiment's link; where the clipboard is closed, shows it to be copied by hand. */
function CopyLink() {
  const link = useApp(selectLink);
  const actions = useActions();
  return (
    <>
      <Button
        icon={<Link size={15} aria-hidden="true" />}
        className={styles.copy}
        aria-label="Copy link"
        title="Copy a link that replays this experiment"
        onClick={() => void actions.copyLink()}
      >
        {link.status === "copied" ? "Link copied" : "Copy link"}
      </Button>
      {link.status === "shown" && (
        <input
          className={styles.link}
          aria-label="Link of this experiment"
          readOnly
          value={link.url}
          onFocus={({ target }) => target.select()}
        />
      )}
    </>
  );
}

const purposes: Record<PageName, string> = {
  play: "Take pictures apart into objects, swap the objects, and let diffusion draw the result.",
  inside: "See what each mechanism of the model does with one scene, step by step.",
  space: "Slots of many scenes in one space: see what lies near what, and draw scenes from it.",
  train: "Train the model on your own pictures, in this tab, and leave with your own model.",
  measure: "Measure a model with errors on every number, find its worst pictures, and change it.",
  live: "Masks on every frame of a camera or a video, as fast as this device allows.",
};

export function Header() {
  const page = useApp((state) => state.page);
  return (
    <header className={styles.header}>
      <div className={styles.top}>
        <img src="./icon.svg" alt="" width={30} height={30} />
        <div className={styles.words}>
          <h1>SlotDiffusion Playground</h1>
          <p>{purposes[page]}</p>
        </div>
        <div className={styles.controls}>
          <ModelPicker />
          <DeviceBadge />
          {page === "play" && <CopyLink />}
        </div>
        <CommandButton />
        <TourButton />
        <ThemeToggle />
      </div>
      <div className={styles.below}>
        <PageTabs />
        <ModelStatus />
      </div>
    </header>
  );
}
