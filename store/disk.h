/* Files: read whole within a limit, made without ever writing over another. Errors name the file and say what
 * the system said. */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

/* Reads a regular file. directory_fd as for openat(2) (AT_FDCWD: the path is as it is). `shown` names it in errors.
 * *bytes is NUL-terminated behind its *size_bytes; owner: `owner`. Never blocks on a fifo or a device.
 * Errors: ERROR_FILE: absent, unreadable, not a regular file, larger than limit_bytes. */
bool disk_read(TALLOC_CTX *owner, int directory_fd, const char *path, const char *shown, int64_t limit_bytes,
               char **bytes, size_t *size_bytes, struct error *error) NODISCARD;

/* Writes a new file; fails if one of that name exists. Errors: ERROR_FILE. */
bool disk_create(const char *path, const char *shown, const char *bytes, size_t size_bytes,
                 struct error *error) NODISCARD;

/* Replaces a file by way of a new one beside it and rename(2): a reader sees the old or the new, never a half. Errors:
 * ERROR_FILE. */
bool disk_replace(const char *path, const char *shown, const char *bytes, size_t size_bytes,
                  struct error *error) NODISCARD;

/* Makes a folder and those above it. Errors: ERROR_FILE. */
bool disk_make_folders(const char *path, struct error *error) NODISCARD;

/* Deletes a folder and what is in it; links are not followed. True when it is gone. Errors: ERROR_FILE. */
bool disk_remove_tree(const char *path, struct error *error) NODISCARD;

#endif
