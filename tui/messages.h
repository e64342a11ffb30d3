/* What the console has said: the newest on the message line, all of them in a list that stays readable (:messages). */
#ifndef TUI_MESSAGES_H
#define TUI_MESSAGES_H

#include <talloc.h>

#include "store/base.h"
#include "tui/widgets/document.h"

enum message_kind { MESSAGE_NOTE, MESSAGE_GOOD, MESSAGE_WARNING, MESSAGE_ERROR };

struct messages;

struct messages *messages_new(TALLOC_CTX *owner);

/* Adds one; it stands on the message line until the next key. */
void messages_add(struct messages *messages, enum message_kind kind, const char *text);

/* What the message line shows, or NULL. */
const char *messages_shown(const struct messages *messages, enum message_kind *kind);

/* Clears the line; the list stays. */
void messages_clear(struct messages *messages);

/* All of them, oldest first, with their times. Owner: `owner`. */
struct document *messages_document(TALLOC_CTX *owner, const struct messages *messages);

#endif
