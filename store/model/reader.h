/* Reading model documents: values with their places, and findings for what they should not be. Holds the words of every
 * refusal that is common to all parts of a model; private to store/model. */
#ifndef STORE_MODEL_READER_H
#define STORE_MODEL_READER_H

#include <talloc.h>

#include "store/base.h"
#include "store/model.h"
#include "store/yaml.h"

/* What a document is read with. Copied and changed freely: `rule` and `object` follow what is being read. */
struct reader {
    struct model *model; /* owns all that is kept */
    const char *file;
    int line_offset; /* lines of the output before this document */
    enum model_rule rule;
    const char *object;               /* of findings; or NULL */
    const struct yaml_value *subject; /* where a missing key is reported: the name of what lacks it; NULL: the map */
};

/* A key of a map. */
struct reader_key {
    const char *name;
    enum { KEY_OPTIONAL, KEY_DEMANDED } demand;
    const char *hint; /* where a demanded one is missing; or NULL */
};

struct model_place reader_place(const struct reader *reader, const struct yaml_value *value);

/* A zeroed array that the model owns; never NULL. */
void *reader_array(const struct reader *reader, size_t count, size_t size_bytes);
char *reader_copy(const struct reader *reader, const char *text);

/* Adds a defect at a value. hint: a sentence or NULL; copied. Returns false. */
bool reader_refuse(const struct reader *reader, const struct yaml_value *value, const char *hint, const char *format,
                   ...) PRINTF_LIKE(4, 5);

/* The same with another grade than MODEL_DEFECT. Returns false. */
bool reader_refuse_as(const struct reader *reader, enum model_grade grade, const struct yaml_value *value,
                      const char *hint, const char *format, ...) PRINTF_LIKE(5, 6);

/* "Did you mean "x"?" or, where nothing is near, `otherwise`. candidates: NULL-terminated. Owner: the model. */
const char *reader_hint(const struct reader *reader, const char *word, const char *const *candidates,
                        const char *otherwise);

/* Whether it is a map that holds no key but these and all that are demanded; `what` names it: "a column". Findings for
 * unknown and missing keys do not make it false: only what is no map does. */
bool reader_map(const struct reader *reader, const struct yaml_value *value, const char *what,
                const struct reader_key *keys, size_t count);

/* Each of these gives false, with a finding, where the value is not as it must be; `what` begins the message: "type".
 */

/* A text that is not empty. */
bool reader_text(const struct reader *reader, const struct yaml_value *value, const char *what, const char **text);

/* A name of 1 to 63 bytes, which the server would cut. */
bool reader_name(const struct reader *reader, const struct yaml_value *value, const char *what, const char **name);

/* "table" or "schema.table" as PostgreSQL reads it. */
bool reader_qualified(const struct reader *reader, const struct yaml_value *value, const char *what,
                      const char **schema, const char **name);

/* SQL text, and its place. */
bool reader_sql(const struct reader *reader, const struct yaml_value *value, const char *what, struct model_sql *sql);

bool reader_flag(const struct reader *reader, const struct yaml_value *value, const char *what, bool *flag);

/* The index of one of `words` (NULL-terminated). */
bool reader_word(const struct reader *reader, const struct yaml_value *value, const char *what,
                 const char *const *words, size_t *index);

/* A list of names without repetition, or a single name. */
bool reader_names(const struct reader *reader, const struct yaml_value *value, const char *what,
                  struct model_names *names);

/* Whether it is a list or a map (or nothing, which has no things): things without or with names. */
bool reader_many(const struct reader *reader, const struct yaml_value *value, const char *what);

/* The thing number `index` of such a list or map; *key gets its name's value, or NULL in a list. */
const struct yaml_value *reader_thing(const struct yaml_value *many, size_t index, const struct yaml_value **key);

#endif
