/* See digest.h. libcrypto, which libpq loads anyway. */
#include "store/digest.h"

#include <openssl/evp.h>

static void digest(const void *bytes, size_t size_bytes, unsigned char output[32])
{
    if (!EVP_Digest(bytes, size_bytes, output, NULL, EVP_sha256(), NULL))
        abort();
}

char *digest_sha256(TALLOC_CTX *owner, const void *bytes, size_t size_bytes)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char output[32];
    digest(bytes, size_bytes, output);
    char *text = talloc_array(owner, char, 65);
    for (size_t i = 0; i < sizeof output; i++) {
        text[2 * i] = digits[output[i] >> 4];
        text[2 * i + 1] = digits[output[i] & 15];
    }
    text[64] = '\0';
    return text;
}

int64_t digest_key(const void *bytes, size_t size_bytes)
{
    unsigned char output[32];
    digest(bytes, size_bytes, output);
    /* Byte by byte: machines of either byte order must come to the same advisory lock. */
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key |= (uint64_t)output[i] << (8 * i);
    return (int64_t)key;
}
