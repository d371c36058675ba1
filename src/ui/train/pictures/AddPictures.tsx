/** All ways in for pictures: dropped, chosen, taken with the camera, or generated; with the limits said first. */
import { Film, FolderOpen, ImagePlus, Upload, FileArchive } from "lucide-react";

import { setLimits } from "../../../engine/protocol/sets";
import { FileButton } from "../../common/FileButton";
import { formatBytes } from "../../common/format";
import { Segmented } from "../../common/Segmented";
import { useActions, useApp } from "../../common/StoreContext";
import { selectModel, selectSet } from "../selectors";
import { AddScenes } from "./AddScenes";
import styles from "./Pictures.module.css";
import type { FitProps } from "./PicturesStep";
import { SetCamera } from "./SetCamera";
import { bytesOfPictures, roomText } from "./setTexts";

const ways = [
  { name: "Pictures", label: "Picture files", accept: "image/*", Icon: ImagePlus },
  { name: "Folder", label: "A folder of pictures", isFolder: true, Icon: FolderOpen },
  {
    name: "Zip",
    label: "A zip or tar of pictures",
    accept: ".zip,.tar,.tgz,.gz",
    Icon: FileArchive,
  },
  { name: "Video", label: "A video", accept: "video/*", Icon: Film },
] as const;

const fits = [
  { value: "crop", label: "Cut to the middle square" },
  { value: "letterbox", label: "Keep whole, with bars" },
] as const;

/** What a set takes and what room there is, before anything is refused. */
function Limits() {
  const room = useApp((state) => state.room);
  const set = useApp(selectSet);
  const model = useApp(selectModel);
  const size = set?.resolution ?? model?.resolution;
  const most = setLimits.most.toLocaleString("en");
  return (
    <p className={styles.note} data-testid="set-limits">
      {setLimits.fewest} to {most} pictures, held-out ones included.{" "}
      {size &&
        `Each becomes ${size[1]} × ${size[0]} pixels, as the model takes them; ${most} take ${formatBytes(bytesOfPictures(setLimits.most, size))} at most. `}
      {room && roomText(room)}
    </p>
  );
}

function Ways({ fit, disabled }: Pick<FitProps, "fit"> & { disabled: boolean }) {
  const actions = useActions();
  return ways.map(({ name, label, Icon, ...rest }) => (
    <FileButton
      key={name}
      label={label}
      isMultiple
      disabled={disabled}
      icon={<Icon size={16} aria-hidden="true" />}
      onFiles={(files) => void actions.addToSet(files, fit)}
      {...rest}
    >
      {name}
    </FileButton>
  ));
}

export function AddPictures({ fit, onFit }: FitProps) {
  const isBusy = useApp((state) => state.adding.status === "running");
  return (
    <div className={styles.zone}>
      <Upload size={24} aria-hidden="true" className={styles.zoneIcon} />
      <p className={styles.zoneTitle}>
        <strong>Drop pictures, folders, zips or videos anywhere on this page</strong>
        <span>or choose them; masks that lie beside them are kept to score with</span>
      </p>
      <div className={styles.ways}>
        <Ways fit={fit} disabled={isBusy} />
        <SetCamera fit={fit} />
      </div>
      <div className={styles.row}>
        <Segmented
          name="Pictures that are not square"
          value={fit}
          options={fits}
          onChange={onFit}
        />
        <AddScenes />
      </div>
      <Limits />
    </div>
  );
}
