#pragma once

// What people decide about findings. Each action and its line in the audit log are one transaction of the
// archive, so what failed has left nothing; whois, which asks others, is written down before it asks. Private
// to the room.

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

// Bytes of what people write.
inline constexpr std::size_t kNameBytes = 256;  // owners, assignees, names of applications
inline constexpr std::size_t kReasonBytes = 1024;
inline constexpr std::size_t kNoteBytes = 4096;
inline constexpr std::size_t kAuditDetailBytes = 512;

Reply decide(const Call& call);
Reply name_application(const Call& call);
Reply assign(const Call& call);
Reply add_note(const Call& call);
Reply ask_whois(const Call& call);

}  // namespace mogura::console::detail
