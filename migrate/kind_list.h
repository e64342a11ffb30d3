/* Texts of catalog queries that are lists in SQL, "'a', 'it''s'" or "x integer, y numeric(4,1)": taken apart, for kinds
 * whose one attribute is such a list. */
#ifndef MIGRATE_KIND_LIST_H
#define MIGRATE_KIND_LIST_H

#include <talloc.h>

#include "store/base.h"

struct kind_list {
    const char **items; /* NULL-terminated */
    size_t count;
};

/* Splits at the commas that stand outside of quotes and parentheses; blanks behind them are passed over. NULL: an empty
 * list. Owner: `owner`. */
struct kind_list kind_list_split(TALLOC_CTX *owner, const char *text);

/* The first word of an item, a quoted name as it stands: of "\"a b\" integer" it is "\"a b\"". Owner: `owner`. */
const char *kind_list_name(TALLOC_CTX *owner, const char *item);

/* Where an item with this first word stands, or `count`. */
size_t kind_list_find(const struct kind_list *list, const char *name);

#endif
