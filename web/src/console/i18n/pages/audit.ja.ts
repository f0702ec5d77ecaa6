import type { Like } from "../index";
import type { en } from "./audit.en";

export const ja: Like<typeof en> = {
  list: "監査ログ",
  user: "ユーザー",
  address: "接続元",
  action: "操作",
  subject: "対象",
  detail: "詳細",
  one: "監査ログの記録",
  actions: {
    login: "ログイン",
    "login-failed": "ログイン失敗",
    logout: "ログアウト",
    sanction: "許可",
    confirm: "確認",
    reset: "判断の取り消し",
    name: "アプリケーション名の設定",
    assign: "担当者の設定",
    note: "メモの追加",
    whois: "whois の照会",
    "pattern-save": "パターンの保存",
    "pattern-accept": "パターンの採用",
    "pattern-remove": "パターンの削除",
  },
};
