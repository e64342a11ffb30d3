/* A YAML document as a tree in which every value knows its place: for pgdeck.yaml and the models. Takes the plain part
 * of YAML only: what could mean two things, or grow without bound (duplicate keys, anchors, aliases, tags, second
 * documents, deep nesting), is refused with its place. */
#ifndef STORE_YAML_H
#define STORE_YAML_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_entry {
    const struct yaml_value *key; /* a YAML_TEXT */
    const struct yaml_value *value;
};

/* Constant once read. */
struct yaml_value {
    enum yaml_kind kind;
    int line, column;                      /* of its start, from 1; column in characters */
    const char *text;                      /* TEXT: valid UTF-8 without NUL, maybe ""; else NULL */
    bool is_plain;                         /* TEXT: written without quotes */
    size_t count;                          /* of items or entries */
    const struct yaml_value *const *items; /* LIST, in order */
    const struct yaml_entry *entries;      /* MAP, in the order of the file; no key twice */
};

/* Reads a document; an empty one is an empty map. `shown` names the file in errors, `code` is theirs.
 * Owner: `owner`. Errors: `code` with file, line and column; the text of the file is never quoted, but for names of
 * keys. */
const struct yaml_value *yaml_parse(TALLOC_CTX *owner, const char *shown, const char *bytes, size_t size_bytes,
                                    enum error_code code, struct error *error) NODISCARD;

/* The value of a key, or NULL; NULL as well where `map` is not a map. */
const struct yaml_value *yaml_get(const struct yaml_value *map, const char *key);

/* Whether it is nothing: plain and empty, ~ or null. */
bool yaml_is_null(const struct yaml_value *value);

/* Whether it is a plain true or false (also yes, no, on, off); *flag gets which. */
bool yaml_flag(const struct yaml_value *value, bool *flag);

/* "a text", "a list", "a map": for messages. */
const char *yaml_kind_name(enum yaml_kind kind);

#endif
