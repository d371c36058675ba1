/** Whether keyboards here have a Cmd key in place of Ctrl. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
