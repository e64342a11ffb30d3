/* SHA-256, the only digest that pgdeck uses. */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <talloc.h>

#include "store/base.h"

/* 64 hexadecimal digits, lower case. Owner: `owner`. */
char *digest_sha256(TALLOC_CTX *owner, const void *bytes, size_t size_bytes);

/* The first 8 bytes of the SHA-256, the lowest first, as an integer: for names and advisory lock keys. */
int64_t digest_key(const void *bytes, size_t size_bytes);

#endif
