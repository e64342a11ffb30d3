/* Intent and safety notes of an entry: found in its Markdown, and judged whether somebody wrote them. Private to
 * documentation. */
#ifndef MIGRATE_DOCUMENTATION_NOTES_H
#define MIGRATE_DOCUMENTATION_NOTES_H

#include "migrate/documentation.h"

/* Fills the notes of an entry whose title, body and line are known. Owner of what is made: `owner`. */
void notes_read(TALLOC_CTX *owner, struct documentation_entry *entry);

#endif
