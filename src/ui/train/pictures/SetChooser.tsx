/** Which set of pictures is in use; a new one, or one less. */
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import type { PictureSet } from "../../../engine/protocol/sets";
import { Button } from "../../common/Button";
import { ConfirmButton } from "../../common/ConfirmButton";
import { plural } from "../../common/count";
import { Field } from "../../common/Field";
import { formatBytes } from "../../common/format";
import { useActions, useApp } from "../../common/StoreContext";
import { selectModel, selectSet } from "../selectors";
import styles from "./Pictures.module.css";

const setTitle = ({ name, pictures, resolution: [height, width] }: PictureSet): string =>
  `${name} (${plural(pictures.length, "picture")}, ${width} × ${height})`;

function NewSet() {
  const [name, setName] = useState("");
  const isModelMissing = useApp((state) => selectModel(state) === null);
  const actions = useActions();
  return (
    <form
      className={styles.row}
      onSubmit={(submit) => {
        submit.preventDefault();
        void actions.createSet(name.trim() || "My pictures");
        setName("");
      }}
    >
      <Field name="Name of a new set">
        <input
          className={styles.text}
          value={name}
          maxLength={80}
          placeholder="My pictures"
          onChange={({ target }) => setName(target.value)}
        />
      </Field>
      <Button
        type="submit"
        disabled={isModelMissing}
        icon={<Plus size={15} aria-hidden="true" />}
        title={isModelMissing ? "A set takes its resolution from a model: load one first" : ""}
      >
        New set
      </Button>
    </form>
  );
}

export function SetChooser() {
  const sets = useApp((state) => state.sets);
  const set = useApp(selectSet);
  const actions = useActions();
  return (
    <div className={styles.row}>
      {sets.length > 0 && (
        <Field name="Set" className={styles.grow}>
          <select
            value={set?.id ?? ""}
            onChange={({ target }) => actions.chooseSet(target.value === "" ? null : target.value)}
          >
            <option value="">None</option>
            {sets.map((one) => (
              <option key={one.id} value={one.id}>
                {setTitle(one)}
              </option>
            ))}
          </select>
        </Field>
      )}
      {set && (
        <ConfirmButton
          icon={<Trash2 size={15} aria-hidden="true" />}
          question={`Delete ${set.name} (${formatBytes(set.bytes)})?`}
          onConfirm={() => void actions.deleteSet(set.id)}
        >
          Delete set
        </ConfirmButton>
      )}
      <NewSet />
    </div>
  );
}
