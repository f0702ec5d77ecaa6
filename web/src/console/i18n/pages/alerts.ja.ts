import type { Like } from "../index";
import type { en } from "./alerts.en";

const count = (n: number) => n.toLocaleString("ja");

export const ja: Like<typeof en> = {
  list: "アラート一覧",
  one: "アラート",
  kinds: { pattern: "パターン", finding: "新しい検知", verdict: "プロキシの判定" },
  what: "内容",
  client: "クライアント",
  pattern: "パターン",
  finding: "検知",
  patternId: "パターン ID",
  findingId: "検知 ID",
  session: "セッション",
  clients: "クライアント",
  why: "理由",
  line: "アラート行",
  copyLine: "この行をコピー",
  communityId: "Community ID",
  onTheWire: "通信路上のアドレス",
  showSession: "セッションを表示",
  allOfPattern: "このパターンのアラートをすべて表示",
  allOfFinding: "この検知のアラートをすべて表示",
  searchHint: "宛先の一部",
  live: "自動更新中",
  paused: "一時停止中",
  lost: "接続が切れました。再接続しています",
  pause: "一時停止",
  goOn: "再開",
  waiting: (n) => `新しいアラートが ${count(n)} 件あります。表示する`,
  isNew: "新着",
  announced: (n) => `新しいアラートが ${count(n)} 件あります`,
};
