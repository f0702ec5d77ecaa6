// What lists within pages say.
export const en = {
  more: "Show more rows",
} as const;
