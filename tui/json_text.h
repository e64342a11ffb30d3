/* JSON laid out for reading: indented, a member a line; every value and every name stays byte for byte as it is. */
#ifndef TUI_JSON_TEXT_H
#define TUI_JSON_TEXT_H

#include <talloc.h>

#include "store/base.h"

/* The text must be JSON, as the server's json and jsonb are. NULL where it is evidently none, or nested deeper than a
 * person could read. Owner: `owner`. */
char *json_text_lay_out(TALLOC_CTX *owner, const char *text);

#endif
