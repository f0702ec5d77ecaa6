import type { Like } from "../index";
import type { en } from "./pattern.en";

const count = (n: number) => n.toLocaleString("ja");

export const ja: Like<typeof en> = {
  pattern: "パターン",
  newPattern: "新しいパターン",
  all: "パターン一覧",
  text: "パターンの本文",
  id: "ID",
  idHint: "a–z、0–9、- を 1～64 文字。ファイル名になります",
  idWrong: "a–z、0–9、- を 1～64 文字で入力してください（先頭に - は使えません）",
  idTaken: "同じ ID のパターンがあります。保存すると置き換わります。",
  save: "保存",
  saveHint: "Ctrl+S",
  discard: "変更を破棄",
  accept: "採用",
  acceptTitle: "この候補を採用しますか？",
  acceptAbout:
    "採用すると、一致するセッションがあるたびに watch がアラートを出し、書き出しの対象にもなります。採用日は今日、作成者はあなたになります。",
  acceptFirstSave: "先に保存してください。採用されるのは保存済みの内容です。",
  remove: "削除",
  removeTitle: "このパターンを削除しますか？",
  removeAbout: "ファイルを削除します。これまでのアラートは残ります。",
  replace: "置き換える",
  replaceTitle: "既存のパターンを置き換えますか？",
  saved: "保存しました",
  acceptedNow: "採用しました。検知に使われます",
  removed: "削除しました",
  unsaved: "未保存の変更があります",
  readOnly: "このパターンは閲覧のみ可能です。",
  learnedFrom: "学習元の検知",
  tooLarge: "パターンは 64 KB までです。",
  errorAt: (line) => `${line} 行目`,
  goToLine: (line) => `${line} 行目へ移動`,
  preview: "ライブプレビュー",
  trying: "照合しています…",
  hits: (hits, all) =>
    all === 0
      ? "照合できるセッションが保存されていません。"
      : `保存されている最新のセッション ${count(all)} 件のうち ${count(hits)} 件が一致します。`,
  serviceHits: (hits, all) =>
    all === 0
      ? "この検知のセッションは保存されていません。"
      : `この検知のセッション ${count(all)} 件のうち ${count(hits)} 件が一致します。`,
  otherHits: (n) => `ほかに ${count(n)} 件のセッションが一致します。誤検知でないか確認してください。`,
  noOtherHits: "ほかに一致するセッションはありません。",
  afterError: "本文の誤りを直すと、一致するセッションを表示します。",
  examples: "一致したセッション",
  noExamples: "一致するセッションはありません。",
  because: "理由",
  open: "開く",
  note: "備考",
  rates: "学習時の成績",
  about: "このパターンについて",
  refused: "閲覧のみのコンソールでは、プレビューを利用できません。",
};
