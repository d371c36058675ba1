/** Pictures to begin with: sample scenes with known objects, or the visitor's own. */
import { Camera, ImagePlus } from "lucide-react";
import { useRef } from "react";

import { isLineFree } from "../../store/exampleSlice";
import { Button } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import { CameraButton } from "./CameraDialog";
import { NewScene } from "./NewScene";
import styles from "./SampleStrip.module.css";

/** A button that opens the file chooser, or on a phone the camera. */
function FileButton({ isCamera }: { isCamera: boolean }) {
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const Icon = isCamera ? Camera : ImagePlus;
  return (
    <>
      <Button
        className={isCamera ? styles.camera : styles.own}
        icon={<Icon size={17} aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        {isCamera ? "Take a photo" : "Your image"}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={isCamera ? "Photo from the camera" : "Image files"}
        multiple={!isCamera}
        {...(isCamera ? { capture: "environment" as const } : {})}
        onChange={({ target }) => {
          void actions.addFiles([...(target.files ?? [])]);
          target.value = ""; // the same file can be chosen again
        }}
      />
    </>
  );
}

export function SampleStrip() {
  const samples = useApp((state) => state.samples);
  const isFree = useApp(isLineFree);
  const actions = useActions();
  return (
    <section className={styles.strip} aria-label="Add a scene" data-tour="pictures">
      <div className={styles.buttons}>
        <FileButton isCamera={false} />
        <FileButton isCamera />
        <CameraButton />
        <p>or drop or paste one anywhere</p>
      </div>
      <NewScene />
      <ul className={styles.samples} aria-label="Sample scenes">
        {samples.map(({ id, url }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.sample}
              aria-label={`Add sample ${id}`}
              title={`Add sample ${id}`}
              onClick={() => void actions.addSample(id)}
            >
              <img
                {...(isFree && { src: url })}
                alt=""
                width={52}
                height={52}
                loading="lazy"
                draggable={false}
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
