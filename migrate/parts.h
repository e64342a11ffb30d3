/* Texts in a row as one text, and back: what notes are made of. Each part is its length, a colon, its bytes and a
 * comma; a NULL is a dash and a comma. */
#ifndef MIGRATE_PARTS_H
#define MIGRATE_PARTS_H

#include <talloc.h>

#include "store/base.h"

/* Begins as {0}; its text belongs to nobody until parts_text. */
struct parts_writer {
    char *text;
    size_t size_bytes, room_bytes;
};

void parts_put(struct parts_writer *writer, const char *part);
void parts_put_number(struct parts_writer *writer, int64_t number);

/* Takes the text out. Owner: `owner`. */
char *parts_text(TALLOC_CTX *owner, struct parts_writer *writer);

/* Reads in place: a part ends where its comma was. Once broken, it gives NULLs and zeros. */
struct parts_reader {
    char *at, *end;
    bool is_broken;
};

struct parts_reader parts_reader_of(char *text);
const char *parts_get(struct parts_reader *reader);
int64_t parts_get_number(struct parts_reader *reader);

/* A number of things of a part each at least: never more than there can be. */
size_t parts_get_count(struct parts_reader *reader);

/* Whether all of it was read, and was as it should be. */
bool parts_is_whole(const struct parts_reader *reader);

#endif
