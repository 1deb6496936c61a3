const paths = {
  bag: "M5 8h14l1 12H4zM9 8V6a3 3 0 0 1 6 0v2",
  clock: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3 2",
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16 16l4 4",
  signpost: "M12 3v3M12 13v8M5 6h11l3 3.5l-3 3.5H5z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.2",
};
export type IconName = keyof typeof paths;

/** Decoration: what it means is said beside it. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
