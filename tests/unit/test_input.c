/* Keys: bytes into codes, codes into names and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/input.h"

static size_t decode(const char *bytes, int *key)
{
    return input_decode((const unsigned char *)bytes, strlen(bytes), key);
}

static void test_decode_knows_the_sequences_of_terminals(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int key;
    } cases[] = {
        {"j", 'j'},
        {"\r", INPUT_ENTER},
        {"\n", INPUT_ENTER},
        {"\t", INPUT_TAB},
        {"\010", INPUT_BACKSPACE},
        {"\177", INPUT_BACKSPACE},
        {"\004", INPUT_CONTROL('d')},
        {"é", 0xe9},
        {"日", 0x65e5},
        {"😀", 0x1f600},
        {"\033[A", INPUT_UP},
        {"\033OA", INPUT_UP},
        {"\033[1;5A", INPUT_UP},
        {"\033[H", INPUT_HOME},
        {"\033[1~", INPUT_HOME},
        {"\033[7~", INPUT_HOME},
        {"\033[4~", INPUT_END},
        {"\033OF", INPUT_END},
        {"\033[5~", INPUT_PAGE_UP},
        {"\033[6~", INPUT_PAGE_DOWN},
        {"\033[3~", INPUT_DELETE},
        {"\033[Z", INPUT_BACK_TAB},
        {"\033OP", INPUT_F1},
        {"\033[11~", INPUT_F1},
        {"\033[[A", INPUT_F1},
        {"\033[15~", INPUT_F1 + 4},
        {"\033[21~", INPUT_F1 + 9},
        {"\033[24~", INPUT_F12},
        {"\033[200~", INPUT_PASTE_BEGIN},
        {"\033[201~", INPUT_PASTE_END},
        {"\033x", INPUT_UNKNOWN},
        {"\033[99~", INPUT_UNKNOWN},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        int key = INPUT_NONE;
        assert_int_equal(decode(cases[i].bytes, &key), strlen(cases[i].bytes));
        assert_int_equal(key, cases[i].key);
    }
}

static void test_decode_waits_for_the_rest(void **state)
{
    (void)state;
    static const char *const cases[] = {"",      "\033",   "\033[", "\033[1",   "\033[1;5",
                                        "\033O", "\033[[", "\xe6",  "\xe6\x97", "\xf0\x9f\x98"};
    for (size_t i = 0; i < countof(cases); i++) {
        int key;
        assert_int_equal(decode(cases[i], &key), 0);
    }
}

static void test_decode_takes_one_key_of_many(void **state)
{
    (void)state;
    int key;
    assert_int_equal(decode("\033[Ajk", &key), 3);
    assert_int_equal(decode("\033\033[A", &key), 1);
    assert_int_equal(key, INPUT_ESCAPE);
    assert_int_equal(decode("\xff\xfe", &key), 1);
    assert_int_equal(key, INPUT_UNKNOWN);
}

static void test_settle_takes_what_is_there(void **state)
{
    (void)state;
    int key;
    assert_int_equal(input_settle((const unsigned char *)"\033", 1, &key), 1);
    assert_int_equal(key, INPUT_ESCAPE);
    assert_int_equal(input_settle((const unsigned char *)"\xe6\x97", 2, &key), 1);
    assert_int_equal(key, INPUT_UNKNOWN);
}

/* Whatever comes, decoding goes on to the end and never beyond it. */
static void test_decode_any_bytes_end(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        unsigned char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = seed >> 28 < 6 ? 033 : seed >> 28 < 9 ? '[' : (unsigned char)(seed >> 16);
        }
        for (size_t at = 0; at < sizeof bytes;) {
            int key;
            size_t taken = input_settle(bytes + at, sizeof bytes - at, &key);
            assert_in_range(taken, 1, sizeof bytes - at);
            at += taken;
        }
    }
}

static void test_names_lead_back_to_their_keys(void **state)
{
    (void)state;
    static const int keys[] = {'j',
                               'A',
                               '?',
                               ':',
                               ' ',
                               0x65e5,
                               INPUT_ENTER,
                               INPUT_TAB,
                               INPUT_ESCAPE,
                               INPUT_BACKSPACE,
                               INPUT_UP,
                               INPUT_BACK_TAB,
                               INPUT_PAGE_DOWN,
                               INPUT_F1,
                               INPUT_F1 + 4,
                               INPUT_F1 + 9,
                               INPUT_CONTROL('d'),
                               INPUT_CONTROL('z')};
    for (size_t i = 0; i < countof(keys); i++) {
        char name[INPUT_NAME_BYTES];
        unsigned char bytes[8];
        int key = INPUT_NONE;
        input_name(keys[i], name);
        assert_int_equal(input_parse(name, strlen(name)), keys[i]);
        size_t size = input_encode(keys[i], bytes);
        assert_int_equal(input_settle(bytes, size, &key), size);
        assert_int_equal(key, keys[i]);
    }
    assert_int_equal(input_parse("Nothing", 7), INPUT_NONE);
    assert_int_equal(input_parse("", 0), INPUT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode_knows_the_sequences_of_terminals),
        cmocka_unit_test(test_decode_waits_for_the_rest),
        cmocka_unit_test(test_decode_takes_one_key_of_many),
        cmocka_unit_test(test_settle_takes_what_is_there),
        cmocka_unit_test(test_decode_any_bytes_end),
        cmocka_unit_test(test_names_lead_back_to_their_keys),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
