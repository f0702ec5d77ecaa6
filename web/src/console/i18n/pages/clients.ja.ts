import type { Like } from "../index";
import type { en } from "./clients.en";

export const ja: Like<typeof en> = {
  list: "クライアントと User-Agent の一覧",
  search: "検索",
  searchHint: "アドレスまたは User-Agent の一部",
  verdict: "判定",
  unjudged: "未判定",
  verdicts: {
    browser: "ブラウザー",
    "cookie-jar": "Cookie を保持",
    passive: "特徴に矛盾あり",
    "naive-jar": "Cookie を一部保持",
    "no-jar": "Cookie を保持しない",
    tampering: "改ざん",
    exempt: "対象外",
  },
};
