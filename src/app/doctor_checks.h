#pragma once

// What the doctor asks of other rooms, and of the system for what the installation names. Each adds its
// remarks; none changes anything.

#include "app/doctor_installation.h"
#include "base/time.h"
#include "doctor/remark.h"

namespace mogura::app {

void check_versions(doctor::Remarks& remarks);
// The proxy's configuration and the files it names.
void check_proxy(const Installation& installation, doctor::Remarks& remarks);
// Folders that are written to, and files with secrets.
void check_places(const Installation& installation, doctor::Remarks& remarks);
void check_database(const Installation& installation, Timestamp now, doctor::Remarks& remarks);
void check_patterns(const Installation& installation, doctor::Remarks& remarks);
// The allow list and the exemptions: whether they can be read, and what has expired.
void check_lists(const Installation& installation, Timestamp now, doctor::Remarks& remarks);
void check_redis(const Installation& installation, doctor::Remarks& remarks);
void check_capturing(const Installation& installation, doctor::Remarks& remarks);
void check_network(const Installation& installation, doctor::Remarks& remarks);
void check_console(const Installation& installation, Timestamp now, doctor::Remarks& remarks);

}  // namespace mogura::app
