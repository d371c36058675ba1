/** Buttons: a native button in the page's dress. */
import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";
import { classNames } from "./classNames";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  tone?: "plain" | "primary" | "quiet" | "danger";
  icon?: ReactNode;
};

/** A button with words, and an icon before them where it helps. */
export function Button({ tone = "plain", icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={classNames(styles.button, styles[tone], className)}>
      {icon}
      <span>{children}</span>
    </button>
  );
}

type IconButtonProps = Omit<ButtonProps, "children" | "icon"> & {
  /** What it does: the accessible name and the tooltip. */
  label: string;
  children: ReactNode;
};

/** A button that is only an icon. */
export function IconButton({ tone = "quiet", label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(styles.button, styles.icon, styles[tone], className)}
    />
  );
}
