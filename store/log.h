/* The structured log: one JSON object a line in logs/pgdeck.jsonl, one write(2) a record, bounded in size,
 * secrets redacted. A log that cannot be written never stops the work: it is said once, by log_problem. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include <jansson.h>
#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log;

/* Opens (or makes) `directory`/pgdeck.jsonl for appending; the folder is made at the first record.
 * size_bytes: at that size the file is renamed to pgdeck.jsonl.1 and begun anew (safe among processes).
 * Never fails: a log that cannot be opened swallows its records. Owner: `owner`. Thread-safe. */
struct log *log_open(TALLOC_CTX *owner, const char *directory, int64_t size_bytes, enum log_level least);

/* A text that must never be written; copied. */
void log_add_secret(struct log *log, const char *secret);

/* Writes a record: time, level, event, process id, then `fields` (an object; the reference is taken; may be NULL).
 * Strings are made valid UTF-8 and redacted. */
void log_write(struct log *log, enum log_level level, const char *event, json_t *fields);

/* Writes an error as a record of level error (cancelled: info). */
void log_error(struct log *log, const char *event, const struct error *error);

/* Why records are being lost, or NULL. */
const char *log_problem(const struct log *log);

/* The file's path. */
const char *log_path(const struct log *log);

#endif
