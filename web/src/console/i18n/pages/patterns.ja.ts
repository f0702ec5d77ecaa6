import type { Like } from "../index";
import type { en } from "./patterns.en";

const count = (n: number) => n.toLocaleString("ja");

export const ja: Like<typeof en> = {
  list: "パターン一覧",
  search: "検索",
  searchHint: "名前、アプリケーション、ID、作成者",
  state: "状態",
  candidate: "候補",
  accepted: "採用済み",
  finding: "検知",
  pattern: "パターン",
  own: "学習元との一致",
  others: "誤検知（通常の通信）",
  unmeasured: "未測定",
  of: (hits, all) => `${count(all)} 件中 ${count(hits)} 件`,
  percent: (share) => `${Number((share * 100).toPrecision(2))}%`,
  fewOrdinary: "通常のセッションが少ないため、参考程度の値です",
  author: "作成者",
  date: "採用日",
  learnedFrom: "学習元の検知",
  write: "パターンを作成",
  exportAll: "採用済みを書き出す",
  exportOne: "書き出す",
  none: "パターンのフォルダーが指定されていません。--patterns DIR を付けてコンソールを起動してください。",
  empty: "パターンはまだありません。検知のページから作成するか、analyze --learn で候補を作成してください。",
  emptyFiltered: "条件に合うパターンはありません。",
  candidatesWait: (n) => `確認待ちの候補が ${count(n)} 件あります。`,
  more: "さらに表示",
};
