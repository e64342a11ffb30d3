/* The text of a setting becomes its number: units, words, ranges. Private to settings. */
#ifndef STORE_SETTINGS_VALUE_H
#define STORE_SETTINGS_VALUE_H

#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

/* Whether an error may quote the value: not where it might be a secret. */
enum value_display { VALUE_SHOWN, VALUE_HIDDEN };

/* *number gets what struct setting_value says of the type; 0 for TEXT.
 * Errors: ERROR_SETTINGS, naming the setting, its range or its words; the place is the caller's. */
bool settings_value_parse(const struct setting *setting, const char *text, enum value_display display, int64_t *number,
                          struct error *error) NODISCARD;

#endif
