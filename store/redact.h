/* Takes secrets out of text before a person, a log or an answer gets it. Known secrets are found however they are
 * spelled; the shapes in which passwords usually stand are found without being known. Linear in the text. */
#ifndef STORE_REDACT_H
#define STORE_REDACT_H

#include <talloc.h>

#include "store/base.h"

/* A copy in which each of `secrets` (NULL-terminated, or NULL) is ***: as it is, percent-encoded, with backslashes or
 * doubled quotes. A secret of up to three bytes is taken out only where it stands as a word: elsewhere the gap would
 * tell it. Empty secrets are passed over. Owner: `owner`. */
char *redact_secrets(TALLOC_CTX *owner, const char *text, const char *const *secrets);

/* A copy in which what follows "password=" and the like, PASSWORD '...' of SQL, and the password of "://user:password@"
 * is ***. Takes out too much rather than too little. Owner: `owner`. */
char *redact_patterns(TALLOC_CTX *owner, const char *text);

/* Whether a key of this name holds a secret: password, secret, token ... */
bool redact_is_secret_key(const char *key);

#endif
