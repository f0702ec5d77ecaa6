#include "protocol/strict_head.h"

namespace mogura::protocol {

std::string_view name_of(HeadRefusal refusal) {
  switch (refusal) {
    case HeadRefusal::kNone:
      return "none";
    case HeadRefusal::kBareCr:
      return "bare-cr";
    case HeadRefusal::kBareLf:
      return "bare-lf";
    case HeadRefusal::kNul:
      return "nul";
    case HeadRefusal::kControlByte:
      return "control-byte";
    case HeadRefusal::kFoldedLine:
      return "folded-line";
    case HeadRefusal::kSpaceBeforeColon:
      return "space-before-colon";
    case HeadRefusal::kFieldName:
      return "field-name";
    case HeadRefusal::kStartLine:
      return "start-line";
    case HeadRefusal::kMethod:
      return "method";
    case HeadRefusal::kTarget:
      return "target";
    case HeadRefusal::kVersion:
      return "version";
    case HeadRefusal::kHost:
      return "host";
    case HeadRefusal::kHeadTooLarge:
      return "head-too-large";
    case HeadRefusal::kTargetTooLong:
      return "target-too-long";
    case HeadRefusal::kTooManyFields:
      return "too-many-fields";
    case HeadRefusal::kSeveralLengths:
      return "several-lengths";
    case HeadRefusal::kLength:
      return "length";
    case HeadRefusal::kLengthAndCoding:
      return "length-and-coding";
    case HeadRefusal::kCoding:
      return "coding";
    case HeadRefusal::kCodingInHttp10:
      return "coding-in-http10";
    case HeadRefusal::kConnectBody:
      return "connect-body";
    case HeadRefusal::kStatus:
      return "status";
    case HeadRefusal::kBodyWithoutBody:
      return "body-without-body";
    case HeadRefusal::kParser:
      return "parser";
  }
  return "none";
}

unsigned status_for(HeadRefusal refusal) {
  if (refusal == HeadRefusal::kVersion) return 505;
  if (refusal == HeadRefusal::kTargetTooLong) return 414;
  const bool is_too_much = refusal == HeadRefusal::kHeadTooLarge || refusal == HeadRefusal::kTooManyFields;
  return is_too_much ? 431 : 400;
}

}  // namespace mogura::protocol
