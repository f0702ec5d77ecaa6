export const en = {
  title: "Sign in",
  user: "User",
  password: "Password",
  token: "Token",
  withPassword: "Sign in with user and password",
  withToken: "Sign in with a token",
  tokenHint: "The content of the file that the console was started with (--token).",
  signIn: "Sign in",
  wrongPassword: "User or password are wrong.",
  wrongToken: "The token is wrong.",
  wait: (seconds: number) => `Too many attempts. Wait ${seconds} s.`,
  noWay: "The console has neither users nor a token. It cannot be signed in to.",
} as const;
