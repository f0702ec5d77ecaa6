import type { Like } from "../index";
import type { en } from "./tables.en";

export const ja: Like<typeof en> = {
  more: "さらに表示",
};
