#include "protocol/detail/inner_cases_test.h"

namespace mogura::protocol::inner {
namespace {

#define LETTERS_32 "'CKFDENECFDEFFCFGEFFCCACACACACACA'"

constexpr Case kCases[] = {
    {"smb1", "00 000085 ff 'SMB' 72 00000000 18 53c8", "00 000085 ff 'SMB' 72", Inner::kSmb, "negotiate"},
    {"smb2", "00 000068 fe 'SMB' 4000 0000 00000000 0000", "", Inner::kSmb, "negotiate of SMB 2 and 3"},
    {"multi-protocol", "00 000045 ff 'SMB' 72", "00 0000f8 fe 'SMB' 4000 0100", Inner::kSmb,
     "asked in 1, answered in 2"},
    {"server", "", "00 0000f8 fe 'SMB' 4000 0100", Inner::kSmb, "only the server was captured"},
    {"netbios", "81 000044 20" LETTERS_32 "00 20" LETTERS_32 "00", "82 000000", Inner::kSmb,
     "session request of port 139"},
    {"smb-command", "00 000085 ff 'SMB' 73 00000000", "", Inner::kUnknown,
     "a session cannot be set up before negotiation"},
    {"smb-length", "00 000010 fe 'SMB' 4000", "", Inner::kUnknown, "shorter than its header"},
    {"netbios-name", "81 000044 20 'CKFDENECFDEFFCFGEFFCCACACACACACZ' 00", "", Inner::kUnknown,
     "Z is no half byte"},
    {"bittorrent", "13 'BitTorrent protocol' 0000000000100005", "", Inner::kBitTorrent, "handshake"},
    {"bittorrent-peer", "", "13 'BitTorrent protocol' 0000000000100005", Inner::kBitTorrent,
     "of either side"},
    {"bittorrent-cut", "13 'BitTorrent proto'", "", Inner::kUnknown, "ends too early"},
};

TEST(InnerFiles, RecognisesSmbAndBitTorrentByTheirOpening) {
  check(kCases);
}

}  // namespace
}  // namespace mogura::protocol::inner
