/* What functions and procedures share. Both are made and changed by one statement, which says all of them: CREATE [OR
 * REPLACE]. */
#ifndef MIGRATE_KINDS_ROUTINE_H
#define MIGRATE_KINDS_ROUTINE_H

#include "migrate/kind.h"

struct routine_object {
    struct object base;
    const char *arguments; /* modes, names, types, without defaults and without what RETURNS TABLE says */
    const char *defaults;  /* of the last arguments, separated by commas */
    const char *language;
    const char *body;     /* text as written, lines ending in LF; of C the symbol; NULL: sql_body has it */
    const char *sql_body; /* parsed: BEGIN ATOMIC ... END, or RETURN ... */
    const char *library;  /* of C the file */
    const char *security_definer;
    const char *settings;   /* SET clauses, a line each, blanks between */
    const char *transforms; /* FOR TYPE ..., separated by commas */
    /* Of functions alone; NULL in procedures. */
    const char *returns;
    const char *volatility, *strict, *leakproof, *parallel, *support, *window;
    const char *cost, *rows; /* NULL: what PostgreSQL takes by itself */
    /* Facts. */
    const char *signature, *declaration; /* what DROP, COMMENT ON and CREATE call it by */
    const char *shape;                   /* arguments without names */
    const char *has_outputs, *is_named, *default_count;
};

/* Functions of struct kind and struct field. */
const char *routine_phrase(TALLOC_CTX *owner, const struct object *object);
void routine_create(struct emission *emission, const struct object *object);
void routine_alter(struct emission *emission, const struct object *from, const struct object *to);
bool routine_is_disturbed(const struct object *object, const struct object *cause);

/* Whether CREATE OR REPLACE refuses the new arguments, or the new defaults. */
bool routine_renames_arguments(const struct object *from, const struct object *to);
bool routine_takes_defaults(const struct object *from, const struct object *to);

/* Of sql_body: where one of the two has none, `body` tells the difference. */
bool routine_is_same_sql_body(const struct object *from, const struct object *to);

/* The fields that both have. */
#define ROUTINE_FIELDS                                                                                                 \
    FIELD(struct routine_object, arguments, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING,                        \
          .must_replace = routine_renames_arguments, .alter = routine_alter),                                          \
        FIELD(struct routine_object, defaults, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING,                     \
              .text = FIELD_EXPRESSION, .must_replace = routine_takes_defaults, .alter = routine_alter),               \
        FIELD(struct routine_object, language, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                  \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, body, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                      \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, sql_body, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                  \
              .text = FIELD_EXPRESSION, .is_same = routine_is_same_sql_body, .alter = routine_alter),                  \
        FIELD(struct routine_object, library, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                   \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, security_definer, .role = FIELD_ALTER, .severity = SEVERITY_BREAKING,             \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, settings, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                  \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, transforms, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,                \
              .alter = routine_alter),                                                                                 \
        FIELD(struct routine_object, signature, .role = FIELD_FACT),                                                   \
        FIELD(struct routine_object, declaration, .role = FIELD_FACT),                                                 \
        FIELD(struct routine_object, shape, .role = FIELD_FACT),                                                       \
        FIELD(struct routine_object, is_named, .role = FIELD_FACT),                                                    \
        FIELD(struct routine_object, default_count, .role = FIELD_FACT)

#endif
