/* What goes on at a server, as JSON: docs/output.md, "activity". */
#ifndef TUI_ACTIVITY_JSON_H
#define TUI_ACTIVITY_JSON_H

#include <jansson.h>

#include "store/activity.h"

/* One session of a reading. New reference. */
json_t *activity_session_json(const struct activity *activity, const struct activity_session *session);

/* The whole reading, without the target. New reference. */
json_t *activity_json(const struct activity *activity);

#endif
