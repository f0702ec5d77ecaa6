import type { Like } from "../index";
import type { en } from "./login.en";

export const ja: Like<typeof en> = {
  title: "ログイン",
  user: "ユーザー名",
  password: "パスワード",
  token: "トークン",
  withPassword: "ユーザー名とパスワードでログイン",
  withToken: "トークンでログイン",
  tokenHint: "コンソールの起動時に --token で指定したファイルの内容です。",
  signIn: "ログイン",
  wrongPassword: "ユーザー名またはパスワードが違います。",
  wrongToken: "トークンが違います。",
  wait: (seconds) => `試行回数が多すぎます。${seconds} 秒待ってください。`,
  noWay: "ユーザーもトークンも設定されていないため、ログインできません。",
};
