/* The bytes of a file become the text that is run: checked, then without BOM and with LF line ends. Apart from
 * file.c, because scripts pass through the same door. */
#ifndef MIGRATE_FILE_TEXT_H
#define MIGRATE_FILE_TEXT_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* Opens a file of a folder and reads it whole. directory_fd: as for openat(2); root: the folder's real path, which a
 * link must not leave; shown: the file as a person knows it. *bytes is NUL-terminated behind *size_bytes; owner:
 * `owner`. Never blocks on a fifo or a device.
 * Errors: ERROR_FILE: absent, unreadable, a link that leads out, not a regular file, larger than limit_bytes. */
bool file_text_read(TALLOC_CTX *owner, int directory_fd, const char *root, const char *name, const char *shown,
                    int64_t limit_bytes, char **bytes, size_t *size_bytes, struct error *error) NODISCARD;

/* Checks and normalises in place: *text and *size_bytes become the part of `bytes` that is the text, NUL-terminated.
 * Errors: ERROR_PROJECT with line, column and byte offset (from 0, of `bytes`): NUL, invalid UTF-8, a CR without its
 * LF, a U+FEFF that is not the first. */
bool file_text_clean(char *bytes, const char *shown, const char **text, size_t *size_bytes,
                     struct error *error) NODISCARD;

#endif
