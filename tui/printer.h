/* What leaves the program as text: answers to one stream, everything else to another; JSON or text behind one
 * interface. The one road from data to a terminal in the scripted mode: all text passes the sanitiser. */
#ifndef TUI_PRINTER_H
#define TUI_PRINTER_H

#include <jansson.h>
#include <stdio.h>
#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

enum printer_format { PRINTER_TEXT, PRINTER_JSON };
enum printer_verbosity { PRINTER_QUIET, PRINTER_NORMAL, PRINTER_VERBOSE };

/* A role that a piece of text plays; colours follow from it (ANSI's 16), never meaning alone. */
enum printer_role { ROLE_PLAIN, ROLE_GOOD, ROLE_NOTE, ROLE_WARN, ROLE_BAD, ROLE_DIM, ROLE_HEAD };

enum printer_colour { COLOUR_OFF, COLOUR_ON };

struct printer_options {
    FILE *answer;    /* stdout, or a memory stream of the console */
    FILE *narration; /* stderr, or a memory stream of the console */
    enum printer_format format;
    enum printer_verbosity verbosity;
    enum printer_colour answer_colour, narration_colour;
    const char *command; /* the "command" of the JSON document; "pgdeck" where NULL */
};

struct printer;

/* Owner: `owner`. The streams are borrowed. */
struct printer *printer_new(TALLOC_CTX *owner, const struct printer_options *options);
enum printer_format printer_format(const struct printer *printer);
enum printer_verbosity printer_verbosity(const struct printer *printer);

/* The "command" of the JSON document from now on; copied. */
void printer_set_command(struct printer *printer, const char *command);

/* The format from now on: for a command with a --format of its own. */
void printer_set_format(struct printer *printer, enum printer_format format);

/* Colour for both streams, whatever they are. */
void printer_set_colour(struct printer *printer, enum printer_colour colour);

/* Answer, JSON: the document, with "format" and "command" put in front; takes the reference. Exactly one a run. Nothing
 * in text format. */
void printer_document(struct printer *printer, json_t *document);

/* The same for one of several documents of an answer that goes on: on a line of its own. */
void printer_record(struct printer *printer, json_t *document);

/* Answer, text: a line, formatted, then sanitised. Nothing in JSON format. */
void printer_line(struct printer *printer, enum printer_role role, const char *format, ...) PRINTF_LIKE(3, 4);

/* Answer, text: a block of several lines as it is, sanitised but for its newlines. */
void printer_block(struct printer *printer, const char *text);

/* Answer, text: bytes as they are, for files and pipes (CSV): nothing is sanitised. Nothing in JSON format. */
void printer_bytes(struct printer *printer, const char *bytes, size_t size_bytes);

/* Answer, text: a table; columns as wide as their content; the first row is the head. Cells are rows*columns texts
 * (NULL: empty); roles (may be NULL) one for each row. Numbers are right-aligned where every cell below the head is
 * one. */
void printer_table(struct printer *printer, const char *const *cells, const enum printer_role *roles, size_t rows,
                   size_t columns);

/* Narration: a notice, a warning, progress. Quiet drops notes; verbose adds details. */
void printer_note(struct printer *printer, const char *format, ...) PRINTF_LIKE(2, 3);
void printer_detail(struct printer *printer, const char *format, ...) PRINTF_LIKE(2, 3);
void printer_warning(struct printer *printer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Narration: what a person has to see before an answer, a line each; then the question, without a newline behind it.
 * Written even when quiet. */
void printer_shown(struct printer *printer, const char *format, ...) PRINTF_LIKE(2, 3);
void printer_prompt(struct printer *printer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Narration: a line that replaces the one before while stderr is a terminal, and is not written otherwise. NULL ends
 * it. */
void printer_progress(struct printer *printer, const char *text);

/* The end of a failed command. Narration: FILE:LINE:COLUMN: what; detail; context; hint:. In JSON format the document
 * too, with "error"; `document` (may be NULL; the reference is taken) holds what is known besides, such as an apply's
 * result. */
void printer_error(struct printer *printer, const struct error *error, json_t *document);

/* The error as JSON (cli.md). New reference. */
json_t *printer_error_json(const struct error *error);

/* The error as the lines that printer_error writes, not sanitised; the first begins with the place, or "pgdeck:".
 * Owner: `owner`. */
char *printer_error_text(TALLOC_CTX *owner, const struct error *error);

/* Text of unknown bytes as JSON: invalid UTF-8 replaced; JSON's null for NULL. New reference. */
json_t *printer_json_text(const char *text);
json_t *printer_json_bytes(const char *text, size_t size_bytes);

/* An integer, or JSON's null for INTEGER_NULL. New reference. */
json_t *printer_json_integer(int64_t number);

/* Flushes; false when something of the answer could not be written (a full disk, a closed pipe). Errors: ERROR_FILE. */
bool printer_finish(struct printer *printer, struct error *error) NODISCARD;

#endif
