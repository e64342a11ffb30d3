/* The relationships of an entity: those that the models declare, and those that foreign keys show. For entity.c only.
 */
#ifndef STORE_ENTITY_LINKS_H
#define STORE_ENTITY_LINKS_H

#include "store/entity.h"

/* Sets the entity's relationships. declared: or NULL. Errors: the server's. */
bool links_read(struct entity *entity, struct connection *connection, const struct model_entity *declared,
                struct error *error) NODISCARD;

#endif
