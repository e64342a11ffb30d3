/* Texts of catalog queries that are lists in SQL, "'a', 'it''s'" or "x integer, y numeric(4,1)": taken apart, for kinds
 * whose one attribute is such a list. */
#ifndef MIGRATE_KIND_LIST_H
#define MIGRATE_KIND_LIST_H

#include <talloc.h>

#include "migrate/kind.h"
#include "store/base.h"

struct kind_list {
    const char **items; /* NULL-terminated */
    size_t count;
};

/* Splits at the commas that stand outside of quotes, parentheses and brackets; blanks behind them are passed over.
 * NULL: an empty list. Owner: `owner`. */
struct kind_list kind_list_split(TALLOC_CTX *owner, const char *text);

/* The first word of an item, quoted names as they stand: of "\"a b\" integer" it is "\"a b\"", of "fillfactor=70" it is
 * "fillfactor". Owner: `owner`. */
const char *kind_list_name(TALLOC_CTX *owner, const char *item);

/* What follows the first word and the one byte behind it; "" where nothing does. */
const char *kind_list_rest(const char *item);

/* Where an item with this first word stands, or `count`. */
size_t kind_list_find(const struct kind_list *list, const char *name);

/* Whether the list has this very item. */
bool kind_list_has(const struct kind_list *list, const char *item);

/* Whether two texts hold the same items, in whatever order. */
bool kind_list_is_same(const char *one, const char *other);

/* Comments on columns of a view or the like, "total IS 'in cents', name IS 'who'": NULL for those that are gone, then
 * those that are new or another. from: NULL of a new object. */
void kind_list_alter_comments(struct emission *emission, const char *identity, const char *from, const char *to);

#endif
