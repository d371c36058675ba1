/** A button that opens the browser's file chooser. */
import { useRef, type ReactNode } from "react";

import { Button } from "./Button";

type FileButtonProps = {
  children: ReactNode;
  /** Accessible name of the hidden input. */
  label: string;
  /** What the chooser offers, e.g. "image/*"; everything where it is left out. */
  accept?: string;
  isMultiple?: boolean;
  /** Chooses a folder with all that is in it. */
  isFolder?: boolean;
  icon?: ReactNode;
  tone?: "plain" | "primary";
  disabled?: boolean;
  onFiles: (files: File[]) => void;
};

export function FileButton(props: FileButtonProps) {
  const { children, label, accept, isMultiple = false, isFolder = false, onFiles } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        icon={props.icon}
        tone={props.tone ?? "plain"}
        disabled={props.disabled}
        onClick={() => input.current?.click()}
      >
        {children}
      </Button>
      <input
        ref={(element) => {
          input.current = element;
          if (element) element.webkitdirectory = isFolder; // React knows no such attribute
        }}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={isMultiple}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          if (files.length > 0) onFiles(files);
          target.value = ""; // the same files can be chosen again
        }}
      />
    </>
  );
}
