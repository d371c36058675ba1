/** The button that starts the tour is where the focus goes when the tour, or the offer of it, is gone. */
export const tourButtonId = "tour-button";

export const focusTourButton = (): void => document.getElementById(tourButtonId)?.focus();
