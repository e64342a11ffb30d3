/* Files and ledger, read side by side: the files on another thread, while the target is being connected to and asked.
 */
#ifndef TUI_FILES_H
#define TUI_FILES_H

#include "migrate/status.h"
#include "store/session.h"
#include "tui/command.h"

/* Reads the files, opens a session, reads ledger and journal, and brings all together. All of it lives as long as the
 * context. A defect of the files is told before one of the connection. Errors: directory_read's, session_open's,
 * status_load's. */
struct files {
    struct directory *directory;
    struct session *session;
    struct status *status;
};
bool files_and_status(struct command_context *context, struct files *files, struct error *error) NODISCARD;

#endif
