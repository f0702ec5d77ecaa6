#!/usr/bin/env python3
"""`mogura ca`: the authority's files, who may read them, and what openssl says about them."""

import stat
import subprocess

import harness
from proxy_harness import Folder, need


def ca(*arguments):
    done = harness.run("ca", *arguments)
    return done.returncode, done.stdout, done.stderr.decode()


class Authority(Folder):
    def test_is_made_once_with_a_key_for_its_owner_alone(self):
        status, said, _ = ca("init", self.folder, "--name", "Example Org CA", "--days", "100")
        self.assertEqual(status, 0)
        self.assertIn(b"CN=Example Org CA", said)
        key, certificate = self.folder / "ca.key", self.folder / "ca.pem"
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertNotIn(b"PRIVATE", certificate.read_bytes())
        before = key.read_bytes(), certificate.read_bytes()
        status, _, said = ca("init", self.folder)
        self.assertEqual(status, 4)
        self.assertIn("is there already", said)
        self.assertEqual((key.read_bytes(), certificate.read_bytes()), before)

    def test_is_one_to_openssl(self):
        need("openssl")
        self.assertEqual(ca("init", self.folder)[0], 0)
        text = subprocess.run(["openssl", "x509", "-in", self.folder / "ca.pem", "-noout", "-text"],
                              capture_output=True, text=True, check=True).stdout  # fmt: skip
        self.assertIn("CA:TRUE, pathlen:0", text)
        self.assertIn("Certificate Sign, CRL Sign", text)
        self.assertIn("NIST CURVE: P-256", text)

    def test_is_exported_without_its_key(self):
        self.assertEqual(ca("init", self.folder)[0], 0)
        both = self.folder / "both.pem"
        both.write_bytes((self.folder / "ca.key").read_bytes() + (self.folder / "ca.pem").read_bytes())
        status, said, _ = ca("export", both)
        self.assertEqual(status, 0)
        self.assertEqual(said, (self.folder / "ca.pem").read_bytes())
        status, said, _ = ca("export", both, "--format", "der")
        self.assertEqual((status, said[:1]), (0, b"\x30"))

    def test_what_is_shown_is_what_was_made(self):
        _, made, _ = ca("init", self.folder)
        status, shown, _ = ca("show", self.folder / "ca.pem")
        self.assertEqual(status, 0)
        self.assertTrue(made.startswith(shown))

    def test_errors_name_the_file(self):
        (self.folder / "text").write_text("nothing")
        for arguments, status in ((("show", self.folder / "none"), 3), (("show", self.folder / "text"), 2),
                                  (("init", self.folder / "none"), 4), (("export", self.folder / "text"), 2),
                                  (("init", self.folder, "--name", "x" * 65), 2), ((), 2)):  # fmt: skip
            with self.subTest(arguments=arguments):
                got, said, complaint = ca(*arguments)
                self.assertEqual((got, said), (status, b""))
                self.assertIn("mogura:", complaint)


if __name__ == "__main__":
    harness.main()
