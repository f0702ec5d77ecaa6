import { expect, test } from "vitest";
import {
  clientPath,
  clientRowPath,
  isGrouping,
  sessionOfAlert,
  sessionsOfGroup,
  textOfSegment,
  timeFor,
} from "../src/console/pages/logic/session_links";

const parametersOf = (path: string | undefined) =>
  Object.fromEntries(new URL(path ?? "", "http://console").searchParams);

test.each([
  ["destination", "a.example:443", "/sessions?destination=a.example%3A443"],
  ["user_agent", "<b>&x=1#y", "/sessions?user_agent=%3Cb%3E%26x%3D1%23y"],
  ["ja4", "", undefined],
  ["user_agent", `${"x".repeat(4000)}…0123456789abcdef`, undefined],
] as const)("the sessions of %s %.30j", (by, key, path) => expect(sessionsOfGroup(by, key)).toBe(path));

test("a client's path keeps any address and User-Agent whole", () => {
  expect(clientRowPath({ client: "10.0.0.1" })).toBe("/clients/10.0.0.1?no_user_agent=1");
  expect(clientRowPath({ client: "10.0.0.1", user_agent: "a b" })).toBe("/clients/10.0.0.1?user_agent=a+b");
  expect(clientPath("2001:db8::1")).toBe("/clients/2001%3Adb8%3A%3A1");
  const path = clientPath("../../a?b#c", 'x"&<y>');
  expect(path.startsWith("/clients/..%2F..%2Fa%3Fb%23c?")).toBe(true);
  expect(parametersOf(path)).toEqual({ user_agent: 'x"&<y>' });
});

test.each([
  ["2001%3Adb8%3A%3A1", "2001:db8::1"],
  ["a%2Fb", "a/b"],
  ["100%", "100%"],
  ["%ff", "%ff"],
])("the segment %s is %s", (segment, text) => expect(textOfSegment(segment)).toBe(text));

test("a day is from its first moment to its last, by the reader's clock", () => {
  expect(timeFor("2026-11-22", "first")).toBe(new Date(2026, 10, 22).toISOString());
  expect(timeFor("2026-11-22", "last")).toBe(new Date(2026, 10, 22, 23, 59, 59, 999).toISOString());
});
test.each(["2026-11-22T01:02:03Z", "yesterday", "2026-99-99", undefined])("%s goes on as it is", (value) =>
  expect(timeFor(value, "first")).toBe(value));

test("an alert's session is asked for by who, where and when", () => {
  const alert = {
    session_id: "1:abc=-1795325766768123",
    client_ip: "10.0.0.1",
    client_forwarded: "10.9.9.9",
    destination: "a:443",
  };
  expect(parametersOf(sessionOfAlert(alert))).toEqual({
    client: "10.9.9.9",
    destination: "a:443",
    from: "2026-11-22T05:36:06.768Z",
    open: "1:abc=-1795325766768123",
  });
  expect(sessionOfAlert({ destination: "a:443" })).toBeUndefined();
});

test.each([
  ["ja4", true],
  ["registrable_domain", true],
  ["constructor", false],
  ["", false],
  [undefined, false],
])("is %j a grouping: %s", (text, is) => expect(isGrouping(text)).toBe(is));
