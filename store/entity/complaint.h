/* Which value of a query the server could not take: told by the column's name instead of a parameter's number. For
 * store/entity/ only. */
#ifndef STORE_ENTITY_COMPLAINT_H
#define STORE_ENTITY_COMPLAINT_H

#include "store/entity/select.h"

/* After a query has failed with a data exception (class 22): tries its values one by one; the first that its type
 * refuses makes the error an ERROR_USAGE that names it. Else the error stays. Asks the server; outside a transaction.
 */
void complaint_make(struct connection *connection, const struct row_select *select, struct error *error);

#endif
