import type { Like } from "../index";
import type { en } from "./populations.en";

const count = (n: number) => n.toLocaleString("ja");

export const ja: Like<typeof en> = {
  by: "集約の単位",
  groupings: {
    destination: "宛先",
    user_agent: "User-Agent",
    cipher_suites: "暗号方式リスト",
    ja4: "JA4",
    registrable_domain: "ドメイン",
  },
  below: "下側に表示する種類数",
  counts: {
    clients: "クライアント数",
    destinations: "宛先の種類数",
    user_agents: "User-Agent の種類数",
    cipher_lists: "暗号方式の種類数",
  },
  log: "対数目盛",
  refresh: "自動で更新",
  refreshed: (time) => `${time} 時点`,
  about: {
    destination: "セッション数のわりに User-Agent の種類数が少ない宛先は、特定のプログラムだけが接続している疑いがあります。",
    user_agent: "セッション数のわりに宛先の種類数が少ない User-Agent は、特定の宛先とだけ通信するプログラムの疑いがあります。",
    cipher_suites:
      "セッションの大半は少数の暗号方式リストに集中します。それ以外のリストは、独自のプログラムが使っている疑いがあります。",
    ja4: "TLS ClientHello 全体の指紋です。宛先の種類数が少ないものは、独自のプログラムの疑いがあります。",
    registrable_domain: "宛先を登録ドメインごとにまとめます。同じサイトのホストとポートは一つに数えます。",
  },
  figure: (by, above, below) => `セッション数の多い${by}（上：${above}、下：${below}）`,
  marked: "検知あり",
  tableTitle: "グラフの数値を表で見る",
  all: (n) => `セッション数の多い上位 ${count(n)} 件`,
  empty: "この単位で集約できるセッションはまだ保存されていません。",
  emptyKey: "（空）",
  toSessions: "棒を選ぶと、そのセッションを表示します。",
  ja3: "JA3",
  ja4: "JA4",
};
