/* Commas inside parentheses of unquoted texts: in a flow map, YAML ends the value of {type: numeric(5,2)} at the comma,
 * and goes on with a key "2)". Models are full of such types, so the pieces are put together again. */
#ifndef STORE_MODEL_COMMAS_H
#define STORE_MODEL_COMMAS_H

#include <talloc.h>

#include "store/yaml.h"

/* The tree with such pieces joined by ", "; the tree itself where there are none. Owner: `owner`. */
const struct yaml_value *commas_join(TALLOC_CTX *owner, const struct yaml_value *value);

#endif
