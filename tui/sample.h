/* The sample of pgdeck.yaml, made of settings.def: never written by hand, so never out of date. */
#ifndef TUI_SAMPLE_H
#define TUI_SAMPLE_H

#include <talloc.h>

/* Every key with its sentence, its default and its variable, commented out: loading it changes nothing. Owner: `owner`.
 */
char *sample_settings(TALLOC_CTX *owner);

#endif
