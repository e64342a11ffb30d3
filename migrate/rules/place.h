/* Where the project's own files speak of an object that two mirrors have differently. */
#ifndef MIGRATE_RULES_PLACE_H
#define MIGRATE_RULES_PLACE_H

#include "migrate/file.h"
#include "migrate/kind.h"
#include "store/model.h"

/* The line of the models that declares the object, or else the entity that it is part of. file NULL: they do not, or
 * nobody knows. `model` and `object` may be NULL. */
struct model_place rule_place_in_models(const struct model *model, const struct object *object);

/* The line of a script that makes or alters the object, as far as its words tell; 0: none does. Both may be NULL. */
int rule_line_in_script(const struct script *script, const struct object *object);

#endif
