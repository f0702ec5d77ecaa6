import type { Like } from "../index";
import type { en } from "./sessions.en";

export const ja: Like<typeof en> = {
  list: "セッション一覧",
  one: "セッション",
  line: "保存されているセッション行",
  copyLine: "この行をコピー",
  onTheWire: "通信路上のアドレス",
  exchanges: "メッセージ数",
  inner: "内側のプロトコル",
  noUserAgent: "User-Agent なしのみ",
  from: "終了日（から）",
  to: "終了日（まで）",
  registrableDomain: "ドメイン",
  cipherSuites: "暗号方式リスト",
  ja4: "JA4",
  exactly: "完全一致",
  notFound: "このリンクのセッションは見つかりません。すでに削除された可能性があります。",
};
