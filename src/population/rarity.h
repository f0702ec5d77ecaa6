#pragma once

// Statements of rarity: in which way a destination, or a program (User-Agent, cipher list), does not look
// like an ordinary site used by a random part of this population. Every number in a sentence can be counted
// again in the session lines. The unit of sampling is the client, not the session: one busy person is one.
// Statements that rest on too few clients or destinations are not made. (Paper 1, §4.1; docs/guides/rarity.md
// has the formulas.)

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::population {

struct Statement {
  std::string code;  // see the list below
  std::string text;  // one plain sentence with its numbers, without a full stop; names in it are hostile text
  double observed = 0;
  double expected = 0;  // under "an ordinary site (program) used by a random part of this population"
  double strength = 0;  // 0 to 1: how far from what is expected, with the number of observations taken into
                        // account: 0.5 at p = 0.01 or where a contradiction was seen once, towards 1 beyond
};

// Populations of fewer clients than these are not large enough for anything to be rare in. Contradictions are
// stated, at half their strength.
inline constexpr std::uint32_t kLeastClients = 8;
// Weaker statements are not made.
inline constexpr double kLeastStrength = 0.1;

// Codes about a destination. "Site": its registrable domain.
//   few-clients          few clients, for a site where one client comes so often
//   few-user-agents      fewer User-Agents than so many random clients would bring (rarefaction)
//   few-cipher-lists     the same for cipher lists
//   exclusive-program    a program (User-Agent or cipher list) that goes to this site alone, and makes nearly
//                        all its visits
//   rare-cipher-list     few clients of the population ever offer the cipher lists that its sessions offer
//   rare-user-agent      the same for the programs that its User-Agents name
//   many-clients         an ordinary site: a good part of the population goes there, and brings its usual
//                        variety (speaks for harmlessness)
//   mixed-programs       browsers of several kinds go there, which their clients browse elsewhere with
//   (speaks
//                        for harmlessness)
// Contradictions
//   hello-not-of-claimed-browser   the User-Agent claims a program whose other clients here offer other
//   cipher
//                                  lists
//   user-agent-many-hellos         the User-Agent goes to many sites with one cipher list, and to this one
//   alone
//                                  with another
//   hello-many-user-agents         one client comes with one handshake and many names
//   hello-of-a-browser             a cipher list that is the browsers' own here, without a browser's
//   User-Agent target-sni-mismatch            CONNECT host and SNI are of different registrable domains
//   certificate-mismatch           the certificate's common name fits neither
//   no-sni, no-alpn                TLS without them where the User-Agent claims a browser
//   no-user-agent                  requests without the field
//   misspelt-user-agent            it begins with a word that is nearly, but not, "Mozilla"
// Codes about a program, wherever it goes: exclusive-program, rare-cipher-list, rare-user-agent,
// misspelt-user-agent.

}  // namespace mogura::population
